import type { Claim } from '@broadside/core'

/** The claims that went through a mutant, for those that need to know who holds what. */
export interface LeasesSeen {
  add(claimed: Claim | undefined): Claim | undefined
  /** The last token that was handed an item. */
  holderOf(jobId: string, seq: number): string | undefined
  /** Every token of a job, the latest last. */
  tokensOf(jobId: string): readonly string[]
  /** The claims of a token. */
  claimOf(token: string): Claim | undefined
}

export function leasesSeen(): LeasesSeen {
  const claims: Claim[] = []
  const holds = (seq: number) => (claimed: Claim) => claimed.items.some((item) => item.seq === seq)
  return {
    add: (claimed) => {
      if (claimed) claims.push(claimed)
      return claimed
    },
    holderOf: (jobId, seq) => claims.filter((claimed) => claimed.jobId === jobId).findLast(holds(seq))?.token,
    tokensOf: (jobId) => claims.filter((claimed) => claimed.jobId === jobId).map(({ token }) => token),
    claimOf: (token) => claims.find((claimed) => claimed.token === token),
  }
}
