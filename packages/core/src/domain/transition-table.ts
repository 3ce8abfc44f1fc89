/** The whole truth of a lifecycle: one row a status, one entry an event that it allows. What is absent is refused. */
export type TransitionTable<Status extends string, Event extends string> = {
  readonly [status in Status]: { readonly [event in Event]?: Status }
}

/** The status that `event` leads to from `from`; `undefined` when the table does not allow it. */
export function nextStatus<Status extends string, Event extends string>(
  table: TransitionTable<Status, Event>,
  from: Status,
  event: Event,
): Status | undefined {
  return Object.hasOwn(table, from) && Object.hasOwn(table[from], event) ? table[from][event] : undefined
}

/** The statuses from which the table allows `event`, in the table's order. */
export function statusesAllowing<Status extends string, Event extends string>(
  table: TransitionTable<Status, Event>,
  event: Event,
): Status[] {
  return (Object.keys(table) as Status[]).filter((status) => nextStatus(table, status, event) !== undefined)
}
