import type { MaybePromise } from '../storage/storage.js'

/** One rendered message whose links are to be tracked. */
export interface LinkContext {
  readonly jobId: string
  readonly sendingId?: string | undefined
  readonly messageId: string
  readonly recipient: string
  readonly channel: string
}

/** Rewrites the links of a rendered message, for sendings that have `trackLinks`. Returns the content to send; a throw fails the item as a render failure does. */
export type LinkRewriter = (
  content: Readonly<Record<string, unknown>>,
  context: LinkContext,
) => MaybePromise<Readonly<Record<string, unknown>>>
