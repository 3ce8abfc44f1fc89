import type { Session, Sql } from './session.js'

/** The database's time, in ms since the epoch. */
export async function databaseTime(session: Session): Promise<number> {
  const [now] = (await session.row<[string]>(NOW)) ?? []
  return Number(now)
}

const NOW: Sql = () => 'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint'
