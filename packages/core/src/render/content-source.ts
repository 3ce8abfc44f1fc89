import type { Content } from '../model/message.js'
import type { MaybePromise } from '../storage/storage.js'

/** What a job refers to instead of carrying it. */
export interface ContentReference {
  readonly event?: string | undefined
  readonly template?: string | undefined
  readonly brand?: string | undefined
  readonly locale?: string | undefined
}

/** Where the host keeps its templates. Asked once, when a job is run. */
export interface ContentSource {
  /** The content, or `undefined` when there is none: the run is then refused. */
  resolve(reference: ContentReference): MaybePromise<Content | undefined>
}
