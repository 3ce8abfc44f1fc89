import type { ConsentAnswer, ConsentHook } from '../audience/consent-hook.js'
import { cleanCode, cleanText } from '../domain/foreign-text.js'
import { formatTrail } from '../domain/trail.js'
import { ITEM_CODES } from '../model/item.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Settlement } from '../storage/settlement.js'
import type { RoutedItem } from './item-routing.js'
import { isThenable } from './maybe-async.js'
import type { SendWatch } from './send-watch.js'

/** Why a message must not go out now; `undefined` when it may. */
export type Objection =
  | { readonly type: 'denied'; readonly code: string; readonly reason: string }
  /** Nobody could say. */
  | { readonly type: 'unanswered'; readonly reason: string }

export interface ConsentGatePorts {
  readonly hook: ConsentHook | undefined
  readonly transactionalSms: boolean
  readonly watch: SendWatch
}

/** Asks before each message whether the recipient may get it on that channel. */
export class ConsentGate {
  readonly #ports: ConsentGatePorts

  constructor(ports: ConsentGatePorts) {
    this.#ports = ports
  }

  /** Never rejects. */
  async ask(routed: RoutedItem, job: JobRecord): Promise<Objection | undefined> {
    const { classification } = job.definition
    if (!this.#ports.transactionalSms && classification === 'transactional' && routed.provider.channel === 'sms') {
      return denied(undefined, 'transactional messages are not allowed by sms')
    }
    try {
      return objectionIn(await this.#askHook(routed, job))
    } catch (error) {
      return { type: 'unanswered', reason: `consent could not be asked: ${thrownReason(error)}` }
    }
  }

  async #askHook({ item, user, provider, address }: RoutedItem, job: JobRecord): Promise<unknown> {
    const answer = this.#ports.hook?.({
      jobId: job.id,
      sendingId: job.ownerId,
      recipient: item.recipient,
      channel: provider.channel,
      address,
      classification: job.definition.classification,
      user,
    })
    if (this.#ports.hook === undefined) return true
    if (!isThenable(answer)) return answer
    return this.#ports.watch.watch<unknown>(answer, () => undefined)
  }
}

/** Whatever is not a clear yes or no is no answer. */
function objectionIn(answer: unknown): Objection | undefined {
  if (answer === true) return undefined
  if (answer === false) return denied(undefined, undefined)
  if (typeof answer !== 'object' || answer === null)
    return { type: 'unanswered', reason: 'consent got no answer, or one that is neither yes nor no' }
  const { allowed, code, reason } = answer as { readonly [field in keyof Exclude<ConsentAnswer, boolean>]?: unknown }
  return allowed === true ? undefined : denied(cleanCode(code), cleanText(reason))
}

function denied(code: string | undefined, reason: string | undefined): Objection {
  return {
    type: 'denied',
    code: code ?? ITEM_CODES.notAllowed,
    reason: reason ?? 'the recipient may not be sent to on this channel',
  }
}

/** What becomes of an item that must not go out on its channel: the next one is tried; with none left it is skipped. */
export function deniedSettlement(
  { item, trail, provider, hasFallback }: RoutedItem,
  { code, reason, now }: { readonly code: string; readonly reason: string; readonly now: number },
): Settlement {
  const { seq, attempts } = item
  const { channel } = provider
  // On another channel it might reach the same person twice.
  if (trail.mayBeOut)
    return { seq, to: 'error', attempts, channel, code, reason: `${reason}; an earlier attempt may have gone out` }
  if (!hasFallback) return { seq, to: 'skipped', attempts, channel, code, reason }
  const next = { ...trail, failed: [...trail.failed, channel] }
  return {
    seq,
    to: 'pending',
    attempts,
    nextAttemptAt: now,
    channel,
    reason: `${channel}: ${reason}`,
    trail: formatTrail(next),
  }
}
