/** How to come from one version of our tables to the next. The first makes them. A published one is never edited: add another. */
export type Migration = (schema: string) => string

export const MIGRATIONS: readonly Migration[] = [firstSchema]

/**
 * - Counters, and all else that changes with every call, stand apart from a job's long texts, which would be written anew with them.
 * - No index names a column that a successful settle changes, and each page of items has room for all of its rows a second time: so
 *   settling stays on the page and touches no index (a heap-only update). `failed` and `code` stay null then.
 * - An item that is not `detached` was never settled: it lies in a free range or in a leased one.
 * - Items that go out together are a wave, and their `seq`s carry it: what is found by `seq` needs no other column for that.
 * - A name and an id are too long together for an entry of an index; of the same name there are few sendings.
 * - Instants are `double precision`: what JavaScript has, exactly. Texts compare as bytes.
 */
function firstSchema(s: string): string {
  return `
    create table ${s}.jobs (
      key bigint generated always as identity primary key,
      id text collate "C" not null unique,
      owner_id text,
      name text,
      tags text[] not null,
      priority integer not null,
      created_at double precision not null,
      status text not null,
      next_seq bigint not null default 0,
      has_further_texts boolean not null default false,
      received bigint not null default 0,
      pending bigint not null default 0,
      enqueued bigint not null default 0,
      error bigint not null default 0,
      skipped bigint not null default 0,
      cancelled bigint not null default 0,
      expired bigint not null default 0,
      uncertain bigint not null default 0,
      in_flight bigint not null default 0,
      closed_as text,
      closed_code text,
      run_no integer not null default 0,
      ingest_errors text not null default '{}',
      channels text[] not null default '{}',
      started_at double precision,
      finished_at double precision
    ) with (fillfactor = 70);
    create index jobs_newest on ${s}.jobs (created_at desc, id desc);
    create index jobs_processing on ${s}.jobs (priority desc, started_at, id) where status = 'processing';

    create table ${s}.contents (job bigint primary key, definition text not null, prepared text);

    create table ${s}.items (
      job bigint not null,
      seq bigint not null,
      identity_hash bigint not null,
      next_attempt_at double precision,
      settled_at double precision,
      attempts integer not null default 0,
      nth smallint not null,
      status smallint not null default 0,
      failed smallint generated always as (case when status in (2, 3, 6) then status end) stored,
      detached boolean not null default false,
      held boolean not null default false,
      spent boolean not null default false,
      identity text not null,
      recipient text not null,
      message_id text not null,
      payload text not null,
      token text,
      channel text,
      receipt text,
      code text,
      reason text,
      trail text,
      primary key (job, seq)
    ) with (fillfactor = 40);
    create unique index items_identity on ${s}.items (identity_hash, job, nth);
    create index items_waiting on ${s}.items (job, next_attempt_at, seq) where next_attempt_at is not null and not held;
    create index items_failed on ${s}.items (job, failed, seq) where failed is not null;
    create index items_code on ${s}.items (job, "left"(code, 200), seq) where code is not null;

    create table ${s}.further_texts (
      job bigint not null,
      hash bigint not null,
      nth smallint not null,
      text text not null,
      primary key (job, hash, nth)
    );

    create table ${s}.ranges (
      job bigint not null,
      wave integer not null,
      last_seq bigint not null,
      first_seq bigint not null,
      open bigint not null,
      not_before double precision,
      max_claim bigint,
      last_token text,
      primary key (job, wave, last_seq)
    ) with (fillfactor = 50);

    create table ${s}.leases (
      job bigint not null,
      token text collate "C" not null,
      first_seq bigint,
      last_seq bigint,
      retries bigint[],
      size bigint not null,
      open bigint not null,
      max_claim bigint,
      started_through bigint not null,
      lease_until double precision not null,
      primary key (job, token)
    ) with (fillfactor = 50);
    create index leases_ends on ${s}.leases (lease_until);

    create table ${s}.codes (
      job bigint not null,
      code_hash bytea not null,
      code text not null,
      settled bigint not null,
      open bigint not null,
      primary key (job, code_hash)
    ) with (fillfactor = 50);

    create table ${s}.answers (
      key_hash bytea primary key,
      request_hash text not null,
      answer text not null,
      keep_until double precision not null
    );
    create index answers_ends on ${s}.answers (keep_until);

    create table ${s}.marks (
      key_hash bytea primary key,
      token text not null,
      lease_until double precision not null
    );
    create index marks_ends on ${s}.marks (lease_until);

    create table ${s}.sendings (
      id text collate "C" primary key,
      version bigint not null,
      status text not null,
      paused_from text,
      job_id text,
      created_at double precision not null,
      scheduled_at double precision,
      due_at double precision,
      started_at double precision,
      finished_at double precision,
      reason text,
      wake_at double precision,
      name text,
      tags text[] not null,
      sendtrigger text,
      template text,
      definition text not null,
      state text not null
    );
    create index sendings_created on ${s}.sendings (created_at, id);
    create index sendings_due on ${s}.sendings (coalesce(due_at, '-infinity'), id);
    create index sendings_name on ${s}.sendings (coalesce('=' || name, '') collate "C");
    create index sendings_waking on ${s}.sendings (wake_at, id) where wake_at is not null;

    create table ${s}.graves (
      job bigint primary key,
      swept_seq bigint not null default -1,
      swept_hash bigint not null default ${-(2n ** 63n)}
    );
  `
}
