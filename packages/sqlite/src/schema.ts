import type { Tables } from './tables.js'

/** How to come from one version of our tables to the next. The first makes them. A published one is never edited: add another. */
export type Migration = (tables: Tables) => string

export const MIGRATIONS: readonly Migration[] = [firstSchema]

/**
 * - Counters, and all else that changes with every call, stand apart from a job's long texts, which would be written anew with them.
 * - An item's row never changes; what becomes of it is a row in `outcomes` (drained twice as fast as an update of the wide row). An item
 *   without one is open and was never settled: it lies in a free range or in a leased one.
 * - The partial indexes leave out what a successful settle writes.
 */
function firstSchema(t: Tables): string {
  return `
    create table ${t.jobs} (
      key integer primary key autoincrement,
      id text not null unique,
      owner_id text,
      name text,
      tags text not null,
      priority integer not null,
      created_at integer not null,
      status text not null,
      received integer not null default 0,
      pending integer not null default 0,
      enqueued integer not null default 0,
      error integer not null default 0,
      skipped integer not null default 0,
      cancelled integer not null default 0,
      expired integer not null default 0,
      uncertain integer not null default 0,
      in_flight integer not null default 0,
      closed_as text,
      closed_code text,
      run_no integer not null default 0,
      ingest_errors text not null default '{}',
      channels text not null default '[]',
      started_at integer,
      finished_at integer
    );
    create index ${t.jobs}_newest on ${t.jobs} (created_at desc, id desc);
    create index ${t.jobs}_processing on ${t.jobs} (priority desc, started_at, id) where status = 'processing';

    create table ${t.contents} (job integer primary key, definition text not null, prepared text);

    create table ${t.items} (
      job integer not null,
      seq integer not null,
      identity text not null,
      recipient text not null,
      message_id text not null,
      payload text not null,
      also text,
      primary key (job, seq)
    ) without rowid;

    create table ${t.identities} (
      job integer not null,
      hash integer not null,
      nth integer not null,
      seq integer not null,
      primary key (job, hash, nth)
    ) without rowid;

    create table ${t.outcomes} (
      job integer not null,
      seq integer not null,
      status integer not null,
      attempts integer not null,
      next_attempt_at integer,
      held integer not null,
      token text,
      spent integer not null,
      channel text,
      receipt text,
      code text,
      reason text,
      trail text,
      settled_at integer,
      primary key (job, seq)
    ) without rowid;
    create index ${t.outcomes}_waiting on ${t.outcomes} (job, next_attempt_at, seq)
      where next_attempt_at is not null and held = 0;
    create index ${t.outcomes}_marked on ${t.outcomes} (job, code, seq) where code is not null or status in (2, 3, 6);

    create table ${t.ranges} (
      job integer not null,
      wave integer not null,
      last_seq integer not null,
      first_seq integer not null,
      open integer not null,
      not_before integer,
      max_claim integer,
      last_token text,
      primary key (job, wave, last_seq)
    ) without rowid;

    create table ${t.leases} (
      job integer not null,
      token text not null,
      first_seq integer,
      last_seq integer,
      retries text,
      size integer not null,
      open integer not null,
      max_claim integer,
      started_through integer not null,
      lease_until integer not null,
      primary key (job, token)
    ) without rowid;
    create index ${t.leases}_ends on ${t.leases} (lease_until);

    create table ${t.codes} (
      job integer not null,
      code text not null,
      settled integer not null,
      open integer not null,
      primary key (job, code)
    ) without rowid;

    create table ${t.answers} (
      key text primary key,
      request_hash text not null,
      answer text not null,
      keep_until integer not null
    ) without rowid;
    create index ${t.answers}_ends on ${t.answers} (keep_until);

    create table ${t.marks} (
      key text primary key,
      token text not null,
      lease_until integer not null
    ) without rowid;
    create index ${t.marks}_ends on ${t.marks} (lease_until);

    create table ${t.sendings} (
      id text primary key,
      version integer not null,
      status text not null,
      paused_from text,
      job_id text,
      created_at integer not null,
      scheduled_at integer,
      due_at integer,
      started_at integer,
      finished_at integer,
      reason text,
      wake_at integer,
      name text,
      tags text not null,
      sendtrigger text,
      template text,
      definition text not null,
      state text not null
    );
    create index ${t.sendings}_created on ${t.sendings} (created_at, id);
    create index ${t.sendings}_due on ${t.sendings} (due_at, id);
    create index ${t.sendings}_name on ${t.sendings} (name, id);
    create index ${t.sendings}_waking on ${t.sendings} (wake_at, id) where wake_at is not null;

    create table ${t.graves} (job integer primary key);
  `
}
