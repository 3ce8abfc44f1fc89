/** What the contract promises, or an adapter should, that no case can ask: it is for the adapter's own tests. */
export const UNASKED: readonly string[] = [
  'speed: a claim or settle may be slow and right (a bench tells)',
  'whether a power cut loses what was answered (the kit ends processes, not machines)',
  '`within`: writes in the host’s own transaction, which only the host’s driver can begin and roll back',
  '`clock`: whether the storage’s time is right',
  'whether every piece of data of an earlier version is still read after an upgrade',
  'what becomes of the user’s own connection: whether `close` leaves it open',
]
