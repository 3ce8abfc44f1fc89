import { memoryStorage } from '@broadside/memory'
import {
  type Broadside,
  type BroadsideOptions,
  type ChannelProvider,
  createBroadside,
  type ManualClock,
  manualClock,
  type OutgoingMessage,
  type SendOutcome,
} from '../src/index.js'

export const START = Date.UTC(2026, 0, 15, 12)

/** A provider that remembers what it was given and answers as told. */
export interface Recorder extends ChannelProvider {
  readonly sent: OutgoingMessage[]
}

export function recorder(
  options: Partial<ChannelProvider> & {
    answer?: (message: OutgoingMessage) => SendOutcome | Promise<SendOutcome>
  } = {},
): Recorder {
  const { answer = () => ({ type: 'sent' }), ...rest } = options
  const sent: OutgoingMessage[] = []
  return {
    channel: 'email',
    name: 'recorder',
    sent,
    send: async (message) => {
      sent.push(message)
      return answer(message)
    },
    ...rest,
  }
}

export interface Bench {
  readonly broadside: Broadside
  readonly clock: ManualClock
}

/** An engine on a memory storage and a manual clock. */
export async function bench(options: Partial<BroadsideOptions> = {}): Promise<Bench> {
  const clock = (options.clock as ManualClock | undefined) ?? manualClock(START)
  const broadside = await createBroadside({
    storage: memoryStorage(),
    providers: [recorder()],
    random: () => 1 - Number.EPSILON,
    ...options,
    clock,
  })
  return { broadside, clock }
}

export const MESSAGE = { message: { content: { subject: 'Hello', text: 'There' } } }

export function people(count: number, from = 0): { profile: { email: string } }[] {
  return Array.from({ length: count }, (_, i) => ({ profile: { email: `person${from + i}@example.com` } }))
}
