/** What the kit tells a worker to do. */
export interface WorkerTask {
  /** What its tokens begin with. */
  readonly name: string
  readonly jobId: string
  readonly ledgerPath: string
  /** What its choices are drawn from. */
  readonly seed: number
  readonly leaseMs: number
}

/** What a worker tells: that its storage is open, and how often it has claimed. */
export type WorkerNews = { readonly type: 'ready' } | { readonly type: 'claimed'; readonly claims: number }
