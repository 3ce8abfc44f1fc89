import type { Audience } from '../model/audience.js'
import type { Member } from '../model/member.js'
import type { MaybePromise } from '../storage/storage.js'

/** What goes with a question to an {@link AudienceSource}. */
export interface AudienceContext {
  /** Aborted when the answer is not wanted any more: the sending was paused or cancelled, or the engine closes. */
  readonly signal: AbortSignal
}

/**
 * Where the host keeps its members. For an array of them there is `inMemoryAudience`.
 *
 * A method that throws a `BroadsideError` (such as `AUDIENCE_NOT_FOUND`, or what `compileAudience` throws) says that the audience is impossible: the
 * sending fails. Whatever else it throws counts as a passing fault: it is asked again, until the sending's `failAfter` or `deadline` ends that.
 */
export interface AudienceSource {
  /**
   * The members of an audience, streamed: a few are held at a time, so it may be of any size. Asked anew after a crash; members that are in
   * already are known by their `member_id` or address.
   *
   * @throws BroadsideError `AUDIENCE_NOT_FOUND` for one that does not exist.
   */
  resolve(audience: Audience, context: AudienceContext): AsyncIterable<Member> | Iterable<Member>

  /** One member, for recipients that are given by `member_id`; `undefined` when there is none. Without it, such recipients are refused. */
  member?(id: string, context: AudienceContext): MaybePromise<Member | undefined>

  /** About how many members an audience has, so that a sending that can't meet its deadline is refused at once. */
  count?(audience: Audience, context: AudienceContext): MaybePromise<number | undefined>
}
