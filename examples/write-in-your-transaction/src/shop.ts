import type { Client } from 'pg'

/** A shop's own tables, beside which Broadside has a schema for itself. They are gone with the connection. */
export async function openShop(client: Client): Promise<void> {
  await client.query(`
    create temporary table purchases (product text not null, email text not null);
    create temporary table recalls (product text primary key, at timestamptz not null default now());
    insert into purchases values
      ('kettle', 'ann@example.com'), ('kettle', 'bob@example.com'), ('kettle', 'cy@example.com'), ('lamp', 'dee@example.com');
  `)
}

export async function recallsIn(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from recalls')
  return rows[0]?.count ?? 0
}
