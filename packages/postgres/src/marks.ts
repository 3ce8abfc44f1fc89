import type { MarkParams } from '@broadside/core'
import { toColumn } from './column-text.js'
import { digest } from './digest.js'
import type { Session, Sql } from './session.js'

export async function acquireMark(session: Session, params: MarkParams): Promise<boolean> {
  const { key, token, now, leaseUntil } = params
  return (await session.run(ACQUIRE, digest(key), toColumn(token), leaseUntil, now)) > 0
}

export async function releaseMark(session: Session, { key, token }: Pick<MarkParams, 'key' | 'token'>): Promise<void> {
  await session.run(RELEASE, digest(key), toColumn(token))
}

const ACQUIRE: Sql = (s) => `
  insert into ${s}.marks as mark (key_hash, token, lease_until) values ($1, $2, $3)
  on conflict (key_hash) do update set token = excluded.token, lease_until = excluded.lease_until
  where mark.token = excluded.token or mark.lease_until <= $4`
const RELEASE: Sql = (s) => `delete from ${s}.marks where key_hash = $1 and token = $2`
