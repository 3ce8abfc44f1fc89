import type { Member } from '@broadside/core'

const NAMES_BY_ZONE: readonly (readonly [zone: string | undefined, names: readonly string[]])[] = [
  ['Pacific/Auckland', ['Aroha', 'Mere', 'Nikau', 'Tane']],
  ['Asia/Tokyo', ['Aiko', 'Haru', 'Kenji', 'Yui']],
  ['Europe/Oslo', ['Astrid', 'Bjorn', 'Liv', 'Sindre']],
  [undefined, ['Alex', 'Kim', 'Robin', 'Sam']],
  ['America/New_York', ['Grace', 'Henry', 'Maya', 'Noah']],
]

/** A newsletter's readers. Some have never said where they are; some have subscribed to nothing. */
export const READERS: readonly Member[] = NAMES_BY_ZONE.flatMap(([timeZone, names]) =>
  names.map((name) => ({
    id: name,
    email: `${name.toLowerCase()}@example.com`,
    timeZone,
    properties: { subscribed: name !== 'Henry' },
  })),
)
