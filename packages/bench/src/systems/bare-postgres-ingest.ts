import { hash, randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Person } from '../people.js'
import { identityOf } from './bare-message.js'

interface Entry {
  readonly identity: string
  readonly hash: string
  readonly person: Person
}

/**
 * Takes one batch of people in, each once, by one statement; says how many are in. Identities are found by a hash of 64 bits; where hashes
 * meet, the texts are compared.
 */
export async function addPeople(client: pg.Client, job: string, batch: readonly Person[]): Promise<number> {
  const entries = batch.map((person): Entry => {
    const identity = identityOf(person)
    return { identity, hash: hashOf(identity), person }
  })
  const added = await insert(client, { job, entries, nth: 0 })
  return added.length === entries.length ? added.length : added.length + (await addMet(client, { job, entries, added }))
}

interface InsertParams {
  readonly job: string
  readonly entries: readonly Entry[]
  readonly nth: number
}

/** Returns the hashes of those that are in. */
async function insert(client: pg.Client, { job, entries, nth }: InsertParams): Promise<readonly string[]> {
  const columns = [
    entries.map((entry) => entry.hash),
    entries.map(({ identity }) => quoted(identity)),
    entries.map(() => randomUUID()),
    entries.map(() => randomUUID()),
    entries.map(({ person }) => quoted(JSON.stringify(person))),
  ]
  const values = [job, nth, ...columns.map((column) => `{${column.join(',')}}`), entries.length]
  const { rows } = await client.query({ name: 'add', text: ADD, values, rowMode: 'array' })
  return rows.map(([added]) => added)
}

/** Of those whose hash another has, adds the ones whose text is different all the same. */
async function addMet(
  client: pg.Client,
  { job, entries, added }: { job: string; entries: readonly Entry[]; added: readonly string[] },
): Promise<number> {
  const inside = new Set(added)
  const met = entries.filter((entry) => !inside.has(entry.hash))
  const { rows } = await client.query(SHARING, [job, met.map((entry) => entry.hash)])
  let count = 0
  for (const entry of met) {
    const sharing = rows.filter((row) => row.identity_hash === entry.hash)
    if (sharing.some((row) => row.identity === entry.identity)) continue
    count += (await insert(client, { job, entries: [entry], nth: sharing.length })).length
  }
  return count
}

/** 64 bits, as a number that a `bigint` of Postgres holds. */
function hashOf(identity: string): string {
  return hash('sha256', identity, 'buffer').readBigInt64BE().toString()
}

/** As an element of an array in Postgres' own notation. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

const ADD = `
  with job as (
    select key, next_seq from broadside.jobs where key = $1 and status = 'created' for update
  ), added as (
    insert into broadside.items (job, seq, identity_hash, nth, identity, recipient, message_id, payload)
    select job.key, job.next_seq + place - 1, hash, $2, identity, recipient, message_id, payload
    from job, unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) with ordinality
      as new (hash, identity, recipient, message_id, payload, place)
    order by place
    on conflict (identity_hash, job, nth) do nothing
    returning identity_hash
  ), size as (
    select count(*) as added from added
  ), counted as (
    update broadside.jobs set next_seq = jobs.next_seq + $8, received = received + size.added,
      pending = pending + size.added
    from job, size where jobs.key = job.key
  ), grown as (
    update broadside.ranges set last_seq = job.next_seq + $8 - 1, open = open + size.added
    from job, size where ranges.job = job.key and wave = 0
    returning 1
  ), begun as (
    insert into broadside.ranges (job, wave, last_seq, first_seq, open)
    select job.key, 0, job.next_seq + $8 - 1, job.next_seq, size.added from job, size
    where job.next_seq = 0
  )
  select identity_hash from added`
const SHARING =
  'select identity_hash, identity from broadside.items where identity_hash = any ($2::bigint[]) and job = $1'
