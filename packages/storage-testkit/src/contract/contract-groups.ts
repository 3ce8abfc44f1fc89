/** A group of guarantees. */
export interface ContractGroup {
  readonly name: string
  /** What it is about, in a few words. */
  readonly about: string
}

/** The groups of the kit's cases, in the order of the contract. */
export const CONTRACT_GROUPS: readonly ContractGroup[] = [
  { name: 'lifecycle', about: 'opening and closing' },
  { name: 'create', about: 'a new job' },
  { name: 'list-jobs', about: 'pages of jobs, filters' },
  { name: 'ingest', about: 'adding items, duplicates' },
  { name: 'transition', about: 'run, pause, resume' },
  { name: 'close', about: 'cancel, expire, fail' },
  { name: 'claim', about: 'what is due, and who gets it' },
  { name: 'settle', about: 'outcomes, under the token of a lease' },
  { name: 'extend', about: 'leases put off, what has started' },
  { name: 'give-back', about: 'leases given back' },
  { name: 'reap', about: 'leases of workers that died' },
  { name: 'revise', about: 'items taken up again' },
  { name: 'list-items', about: 'pages of items, filters' },
  { name: 'counters', about: 'counters that always add up' },
  { name: 'completion', about: 'said once a run' },
  { name: 'delete', about: 'deleting and sweeping' },
  { name: 'once', about: 'idempotent calls, marks' },
  { name: 'waves', about: 'items that are due at instants of their own' },
  { name: 'sending', about: 'sendings, their jobs, their alarms' },
  { name: 'wake', about: 'hints of change' },
  { name: 'shared', about: 'several engines at one storage' },
  { name: 'processes', about: 'several processes at one storage' },
  { name: 'durable', about: 'what outlives the process' },
  { name: 'interrupted', about: 'calls that fail or are cut off' },
  { name: 'work', about: 'work counted, not timed' },
]

/** The group of a case, by its name. */
export function groupOf(caseName: string): string {
  const [group = caseName] = caseName.split('/', 1)
  return group
}
