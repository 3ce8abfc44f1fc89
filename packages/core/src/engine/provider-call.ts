import type { SendOutcome } from '../channel/outcome.js'
import type { ChannelProvider, OutgoingMessage } from '../channel/provider.js'
import { outcomeOfThrow, readOutcome } from '../domain/send-outcome.js'
import { isThenable } from './maybe-async.js'
import type { SendWatch } from './send-watch.js'

export interface ProviderCall {
  readonly provider: ChannelProvider
  readonly messages: readonly OutgoingMessage[]
  readonly signal: AbortSignal
}

/** Hands messages to a provider: all to `sendBatch`, or the one there is to `send`. One outcome a message, whatever the provider does. */
export async function callProvider(call: ProviderCall, watch: SendWatch): Promise<readonly SendOutcome[]> {
  const { provider, messages } = call
  try {
    const answer =
      provider.sendBatch === undefined ? sendOne(call) : provider.sendBatch(messages, { signal: call.signal })
    const outcomes = isThenable(answer) ? await watch.watch<unknown>(answer, () => NO_ANSWER) : answer
    return provider.sendBatch === undefined ? [readOutcome(outcomes)] : readOutcomes(outcomes, messages.length)
  } catch (error) {
    return messages.map(() => outcomeOfThrow(error))
  }
}

const NO_ANSWER: SendOutcome = { type: 'unknown', code: 'SEND_TIMEOUT', reason: 'the provider gave no answer in time' }

function sendOne({ provider, messages: [message], signal }: ProviderCall): unknown {
  return message && provider.send?.(message, { signal })
}

/** Outcomes in order, if there is one a message; otherwise nobody knows which is whose. */
function readOutcomes(answer: unknown, count: number): SendOutcome[] {
  const isWhole = Array.isArray(answer) && answer.length === count
  return Array.from({ length: count }, (_, i) => readOutcome(isWhole ? answer[i] : answer))
}
