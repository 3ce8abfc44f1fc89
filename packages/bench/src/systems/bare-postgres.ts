import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { batchesOf, type Person } from '../people.js'
import { urlOf } from '../place.js'
import { CLAIM_BATCH, INGEST_BATCH } from '../sizes.js'
import { type BareItem, type Compose, composeFor, sendAll } from './bare-message.js'
import { addPeople } from './bare-postgres-ingest.js'
import { type OpenSystem, preciseNow, type Share, type System } from './system.js'

/**
 * The limit on Postgres: a loop over the driver, with Broadside's tables and durability, and nothing of ours in between. A claim is one
 * prepared statement and a settle is one, each its own transaction and one round trip.
 */
class BarePostgres implements System {
  readonly #client: pg.Client
  readonly #compose: Compose

  constructor(client: pg.Client, compose: Compose) {
    this.#client = client
    this.#compose = compose
  }

  /** The tables and jobs are Broadside's own: it makes them, before any of this is loaded. */
  async prepare(): Promise<void> {
    throw new Error('bare-postgres is prepared by broadside-postgres')
  }

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    const job = await this.#key(queue)
    let added = 0
    for (const batch of batchesOf(people, INGEST_BATCH)) added += await addPeople(this.#client, job, batch)
    return added
  }

  async drain(queues: readonly string[]): Promise<void> {
    let jobs: string[] = []
    for (const queue of queues) jobs.push(await this.#key(queue))
    for (const job of jobs) await this.#run(job)
    while (jobs.length > 0) {
      const left: string[] = []
      for (const job of jobs) if ((await this.#sendSome(job)) > 0) left.push(job)
      jobs = left
    }
  }

  async share(queue: string): Promise<Share> {
    const job = await this.#key(queue)
    await this.#run(job)
    const share = { count: 0, lastDoneAt: 0 }
    for (;;) {
      const sent = await this.#sendSome(job)
      if (sent === 0) return share
      share.count += sent
      share.lastDoneAt = preciseNow()
    }
  }

  close(): Promise<void> {
    return this.#client.end()
  }

  async #run(job: string): Promise<void> {
    await this.#client.query("update broadside.jobs set status = 'processing' where key = $1", [job])
  }

  /** Claims, sends and settles one batch; says how many. */
  async #sendSome(job: string): Promise<number> {
    const token = randomUUID()
    const now = Date.now()
    const items = await this.#claim(job, { token, leaseUntil: now + 30_000 })
    if (items.length === 0) return 0
    const outcomes = await sendAll(this.#compose(items))
    const sent = items.filter((_, index) => outcomes[index]?.type === 'sent')
    await this.#settle(job, { token, items: sent, now })
    return sent.length
  }

  async #claim(job: string, { token, leaseUntil }: { token: string; leaseUntil: number }): Promise<BareItem[]> {
    const values = [job, CLAIM_BATCH, token, leaseUntil]
    const { rows } = await this.#client.query({ name: 'claim', text: CLAIM, values, rowMode: 'array' })
    return rows.map(([seq, recipient, messageId, payload]) => ({ seq: Number(seq), recipient, messageId, payload }))
  }

  async #settle(job: string, { token, items, now }: { token: string; items: readonly BareItem[]; now: number }) {
    const seqs = items.map(({ seq }) => seq)
    const each = (value: string | number): string => `{${items.map(() => value).join(',')}}`
    const bounds = [seqs[0], seqs.at(-1)]
    const values = [job, token, now, `{${seqs.join(',')}}`, each(ENQUEUED), each(1), each('email'), ...bounds]
    await this.#client.query({ name: 'settle', text: SETTLE, values })
  }

  async #key(queue: string): Promise<string> {
    const { rows } = await this.#client.query('select key from broadside.jobs where name = $1', [queue])
    return rows[0].key
  }
}

/** As Broadside's tables write the status of an item that a provider has taken. */
const ENQUEUED = 1

const CLAIM = `
  with range as (
    select first_seq, last_seq, open from broadside.ranges
    where job = $1 and wave = 0 and open > 0 order by last_seq limit 1 for update
  ), batch as materialized (
    select seq, recipient, message_id, payload from broadside.items
    where job = $1 and seq between (select first_seq from range) and (select last_seq from range) and not detached
    order by seq limit $2
  ), taken as (
    select min(seq) as first_seq, max(seq) as last_seq, count(*) as size from batch having count(*) > 0
  ), shrunk as (
    update broadside.ranges set first_seq = taken.last_seq + 1, open = ranges.open - taken.size
    from taken, range where job = $1 and wave = 0 and ranges.last_seq = range.last_seq
  ), leased as (
    insert into broadside.leases (job, token, first_seq, last_seq, size, open, started_through, lease_until)
    select $1, $3, first_seq, last_seq, size, size, last_seq, $4 from taken
  ), held as (
    update broadside.jobs set in_flight = in_flight + taken.size from taken where key = $1
  )
  select seq, recipient, message_id, payload from batch order by seq`

const SETTLE = `
  with settled as (
    update broadside.items as item set detached = true, token = $2, spent = true, status = new.status,
      attempts = new.attempts, channel = new.channel, settled_at = $3
    from unnest($4::bigint[], $5::smallint[], $6::integer[], $7::text[]) as new (seq, status, attempts, channel)
    where item.job = $1 and item.seq between $8 and $9 and not item.detached and item.seq = new.seq
    returning item.seq
  ), done as (
    select count(*) as size from settled
  ), ended as (
    delete from broadside.leases where job = $1 and token = $2
  )
  update broadside.jobs set pending = pending - done.size, enqueued = enqueued + done.size,
    in_flight = in_flight - done.size, status = case when pending = done.size then 'completed' else status end
  from done where key = $1`

export const open: OpenSystem = async ({ place, variant }) => {
  const client = new pg.Client(urlOf(place))
  await client.connect()
  // A table that was filled a moment ago has no statistics yet; what is wanted is found by an index.
  await client.query('set enable_seqscan = off; set enable_bitmapscan = off; set enable_nestloop = off; set jit = off')
  return new BarePostgres(client, await composeFor(variant))
}
