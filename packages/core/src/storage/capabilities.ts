/** What a storage can do, declared by its adapter and never guessed from its name. */
export interface StorageCapabilities {
  /** What it holds survives the process. */
  readonly durable: boolean
  /**
   * Several engines may use it at once. When false, the adapter makes sure that only one does, so leases found at start
   * belong to nobody and are ended at once.
   */
  readonly shared: boolean
  /** `within(handle)` is there: jobs can be written in the host's own transaction; `sync` when its calls return values, not promises. */
  readonly callerTransaction: 'none' | 'sync' | 'async'
  /** `onWake` is there: it tells when another engine may have changed something. A hint, never the truth. */
  readonly wake: boolean
  /** `sendings` is there, and jobs have waves. */
  readonly sendings: boolean
}
