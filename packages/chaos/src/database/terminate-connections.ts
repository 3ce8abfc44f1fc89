import pg from 'pg'

/** Ends about every other connection of one process, in the middle of whatever it does; resolves with how many. */
export async function terminateConnections(url: string, applicationName: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount } = await client.query(TERMINATE, [applicationName])
    return rowCount ?? 0
  } finally {
    await client.end().catch(() => undefined)
  }
}

const TERMINATE = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = $1 and pid <> pg_backend_pid() and (state <> 'idle' or random() < 0.5)`
