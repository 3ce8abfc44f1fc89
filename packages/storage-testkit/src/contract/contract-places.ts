/** A part of the contract, and the cases that hold it: `group/*`, or a case by name. */
export interface ContractPlace {
  readonly part: string
  readonly cases: readonly string[]
}

/** What the docstrings of the contract say of themselves; a test compares the two. */
export const CONTRACT_PLACES: readonly ContractPlace[] = [
  {
    part: 'Storage',
    cases: ['interrupted/*', 'durable/*', 'shared/*', 'processes/*', 'counters/*', 'completion/*', 'work/*'],
  },
  { part: 'Storage.open', cases: ['lifecycle/*'] },
  { part: 'Storage.close', cases: ['lifecycle/*'] },
  { part: 'Storage.createJob', cases: ['create/*', 'once/*'] },
  { part: 'Storage.getJob', cases: ['create/*', 'delete/*'] },
  { part: 'Storage.listJobs', cases: ['list-jobs/*'] },
  { part: 'Storage.addItems', cases: ['ingest/*', 'waves/*', 'once/*'] },
  { part: 'Storage.transitionJob', cases: ['transition/*', 'completion/*', 'once/transition-once'] },
  { part: 'Storage.closeJob', cases: ['close/*', 'once/close-once'] },
  { part: 'Storage.listClaimable', cases: ['claim/list-*', 'waves/*'] },
  { part: 'Storage.claim', cases: ['claim/*', 'waves/*'] },
  { part: 'Storage.settle', cases: ['settle/*', 'completion/*', 'counters/*'] },
  { part: 'Storage.extend', cases: ['extend/*'] },
  { part: 'Storage.giveBack', cases: ['give-back/*'] },
  { part: 'Storage.reap', cases: ['reap/*', 'completion/by-a-reap'] },
  { part: 'Storage.reviseItems', cases: ['revise/*', 'completion/by-a-revision', 'once/revise-once'] },
  { part: 'Storage.listItems', cases: ['list-items/*'] },
  { part: 'Storage.countCodes', cases: ['counters/codes'] },
  { part: 'Storage.deleteJob', cases: ['delete/*'] },
  { part: 'Storage.sweep', cases: ['delete/*'] },
  { part: 'Storage.findOnce', cases: ['once/*'] },
  { part: 'Storage.acquireMark', cases: ['once/mark-*'] },
  { part: 'Storage.releaseMark', cases: ['once/mark-*'] },
  { part: 'Storage.onWake', cases: ['wake/*', 'shared/one-engine-wakes-the-other'] },
  { part: 'SendingStorage', cases: ['sending/completion-*'] },
  { part: 'SendingStorage.createSending', cases: ['sending/create-*', 'sending/once-*'] },
  { part: 'SendingStorage.getSending', cases: ['sending/get-*'] },
  { part: 'SendingStorage.listSendings', cases: ['sending/list-*'] },
  { part: 'SendingStorage.changeSending', cases: ['sending/change-*', 'sending/once-*'] },
  { part: 'SendingStorage.deleteSending', cases: ['sending/delete-*'] },
  { part: 'SendingStorage.listDueSendings', cases: ['sending/due-*'] },
]

/** Where the contract words what a case holds: the parts that name it most closely. */
export function contractPlacesOf(caseName: string): readonly string[] {
  const closeness = CONTRACT_PLACES.map(({ part, cases }) => ({ part, length: longestMatch(caseName, cases) }))
  const closest = Math.max(...closeness.map(({ length }) => length))
  return closeness.filter(({ length }) => length > 0 && length === closest).map(({ part }) => part)
}

/** Whether one of the patterns names the case. */
export function isNamedBy(caseName: string, patterns: readonly string[]): boolean {
  return longestMatch(caseName, patterns) > 0
}

function longestMatch(caseName: string, patterns: readonly string[]): number {
  const matching = patterns.filter((pattern) =>
    pattern.endsWith('*') ? caseName.startsWith(pattern.slice(0, -1)) : caseName === pattern,
  )
  return Math.max(0, ...matching.map(({ length }) => length))
}
