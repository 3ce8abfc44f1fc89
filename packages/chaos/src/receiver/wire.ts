/** How workers talk to the receiving side: lines of JSON over one connection, answered by the number of the request. */

/** Messages of one lease that a provider hands over at once. */
export interface DeliveryRequest {
  readonly request: number
  readonly boot: string
  readonly jobId: string
  readonly token: string
  /** How far storage knew the lease to have started when the messages were handed over. */
  readonly startedThrough: number
  /** The worker had been told that the lease was over, and sent nevertheless. */
  readonly isOver: boolean
  readonly messages: readonly { readonly messageId: string; readonly recipient: string }[]
}

export type WireOutcome = 'taken' | 'busy' | 'refused'

/** One outcome a message, in their order. */
export interface DeliveryAnswer {
  readonly request: number
  readonly outcomes: readonly WireOutcome[]
}
