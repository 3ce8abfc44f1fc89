import type { SendingInput } from '@broadside/core'

/** What waits waits so long: until well after items have been built by those who took over from the killed, or nothing would be waiting. */
const WAIT_SECONDS = 12

/** A sending of each kind, by the name that it and its audience have. They are of `now`. */
export function sendingInputs(now: number): readonly SendingInput[] {
  return [
    // The limit has the audience counted; it is far away.
    { ...named('immediate'), schedule: { type: 'immediate' }, deadline: { after: '1 hour' } },
    { ...named('prescheduled'), schedule: { type: 'relative', in: `${WAIT_SECONDS} seconds`, prescheduled: true } },
    { ...named('zoned'), schedule: inOwnZones(new Date(now + WAIT_SECONDS * 1_000)) },
    { ...named('tested'), schedule: { type: 'immediate' }, experiments: [EXPERIMENT] },
  ]
}

function named(name: string) {
  return {
    name,
    channel: 'email',
    message: { headers: { subject: 'Hello' }, content: { text: 'There' } },
    audience: { type: 'reference', name },
    // As often as a process dies that is at it.
    retry: { maxAttempts: 100 },
  } as const
}

/** Two waves: at that wall time in UTC, and at once where clocks are ahead of it, as it has passed there. */
function inOwnZones(at: Date) {
  return { type: 'absolute', at, scheduleType: 'contactTZ', pastPolicy: 'sendNow' } as const
}

const EXPERIMENT: NonNullable<SendingInput['experiments']>[number] = {
  name: 'subject',
  strategy: 'split-with-champion',
  testShare: 0.3,
  variants: [{ name: 'plain' }, { name: 'question', headers: { subject: 'How are you?' } }],
  champion: { pickedBy: 'function', after: '2 seconds' },
}
