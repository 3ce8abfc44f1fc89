/**
 * Where the rows of some items of a job are, for `ctid = any (…)`: `$1` is the job, and `seqs` the parameter with their numbers. Each is
 * looked up by its own key; left to itself the planner may go through all of the job instead. The job's lock keeps the rows in place.
 */
export function rowsAt(schema: string, seqs: string): string {
  return `array(
    select (select ctid from ${schema}.items where job = $1 and seq = wanted.seq)
    from unnest(${seqs}::bigint[]) as wanted (seq)
  )`
}
