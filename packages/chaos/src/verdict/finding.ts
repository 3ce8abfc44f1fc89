/**
 * Something that must not be.
 *
 * - `lost`: an item that storage takes for sent and nobody has received, or a recipient nobody ever got to.
 * - `unexplained`: an item delivered again without a reason.
 * - `counter`: counters, pages and ledger don't agree.
 * - `promise`: something else that Broadside promises did not hold.
 */
export interface Finding {
  readonly kind: 'lost' | 'unexplained' | 'counter' | 'promise'
  readonly job?: string | undefined
  readonly messageId?: string | undefined
  readonly text: string
}
