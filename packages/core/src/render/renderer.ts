import type { Content } from '../model/message.js'
import type { MaybePromise } from '../storage/storage.js'

/**
 * Turns content into the words for one recipient. Templates are compiled once a run; unknown filters and tags are errors then, not
 * at the millionth recipient.
 */
export interface Renderer {
  readonly name: string

  /**
   * Compiles every string of `content`. `html` is escaped, other fields are not.
   *
   * @throws when a template is malformed or uses an unknown tag or filter; the message says which field and where.
   */
  compile(content: Content): MaybePromise<CompiledContent>
}

export interface CompiledContent {
  /** Renders for one recipient. `data` is only ever data: nothing in it is run as a template. A throw fails that item only. */
  render(data: Readonly<Record<string, unknown>>): MaybePromise<Readonly<Record<string, unknown>>>
}
