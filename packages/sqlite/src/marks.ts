import type { MarkParams } from '@broadside/core'
import { toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

export function acquireMark(db: Connection, { key, token, now, leaseUntil }: MarkParams): boolean {
  return db.run(ACQUIRE, toColumn(key), toColumn(token), leaseUntil, now) > 0
}

export function releaseMark(db: Connection, { key, token }: Pick<MarkParams, 'key' | 'token'>): void {
  db.run(RELEASE, toColumn(key), toColumn(token))
}

const ACQUIRE = ({ marks }: Tables) => `
  insert into ${marks} (key, token, lease_until) values (?, ?, ?)
  on conflict (key) do update set token = excluded.token, lease_until = excluded.lease_until
  where ${marks}.token = excluded.token or ${marks}.lease_until <= ?`
const RELEASE = ({ marks }: Tables) => `delete from ${marks} where key = ? and token = ?`
