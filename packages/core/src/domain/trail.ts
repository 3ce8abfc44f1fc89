/** What core keeps with an item between its attempts, as text that storage does not look into. Empty for the first attempt. */
export interface Trail {
  /** Attempts counted on each channel. */
  readonly attempts: Readonly<Record<string, number>>
  /** Channels that failed for good. */
  readonly failed: readonly string[]
  /** How many processes died while this item was being sent. Such an item is sent alone from then on. */
  readonly crashes: number
  /** Nobody knows what became of one of the attempts: it may have gone out. No other channel is tried from then on. */
  readonly mayBeOut: boolean
}

export const EMPTY_TRAIL: Trail = { attempts: {}, failed: [], crashes: 0, mayBeOut: false }

/** Reads what {@link formatTrail} wrote. Never throws: what is damaged counts as empty, so that one item's trail is no other item's trouble. */
export function parseTrail(text: string | undefined): Trail {
  if (text === undefined) return EMPTY_TRAIL
  const { attempts, failed, crashes, mayBeOut } = recordOf(jsonOf(text))
  return {
    attempts: Object.fromEntries(
      Object.entries(recordOf(attempts)).filter((entry) => isCount(entry[1])),
    ) as Trail['attempts'],
    failed: Array.isArray(failed) ? failed.filter((channel) => typeof channel === 'string') : [],
    crashes: isCount(crashes) ? crashes : 0,
    mayBeOut: mayBeOut === true,
  }
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

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
