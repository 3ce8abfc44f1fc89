/** What core keeps with an item between its attempts, as text that storage does not look into. Empty for the first attempt. */
export interface Trail {
  /** Attempts counted on each channel. */
  readonly attempts: Readonly<Record<string, number>>
  /** Channels that failed for good. */
  readonly failed: readonly string[]
  /** How many processes died while this item was being sent. Such an item is sent alone from then on. */
  readonly crashes: number
}

export const EMPTY_TRAIL: Trail = { attempts: {}, failed: [], crashes: 0 }

export function parseTrail(text: string | undefined): Trail {
  return text === undefined ? EMPTY_TRAIL : { ...EMPTY_TRAIL, ...(JSON.parse(text) as Partial<Trail>) }
}

export function formatTrail(trail: Trail): string {
  return JSON.stringify(trail)
}

export function attemptsOn(trail: Trail, channel: string): number {
  return Object.hasOwn(trail.attempts, channel) ? (trail.attempts[channel] ?? 0) : 0
}

/** The trail with one more attempt on `channel`. */
export function withAttempt(trail: Trail, channel: string): Trail {
  return { ...trail, attempts: { ...trail.attempts, [channel]: attemptsOn(trail, channel) + 1 } }
}
