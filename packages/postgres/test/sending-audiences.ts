import { setTimeout as sleep } from 'node:timers/promises'
import type { AudienceSource, Member } from '@broadside/core'

/** How many members each audience has. */
export const MEMBERS = 3_000
/** Clocks there are ahead of UTC all year. */
const EASTERN_ZONES = ['Europe/Oslo', 'Asia/Tokyo']
/** A member's zone goes by its number. One without a zone has that of the engine, which is UTC. */
const ZONES = [...EASTERN_ZONES, 'Atlantic/Reykjavik', undefined]
const PAGE_SIZE = 100
/** Pages of a database take their time: a whole audience enough for its reader to be killed. */
const PAGE_MS = 10

/** Members by number. An audience is known by its name, and no two have anybody in common. */
export const sendingAudiences: AudienceSource = {
  async *resolve(audience) {
    const name = audience.type === 'reference' ? audience.name : undefined
    for (let number = 0; number < MEMBERS; number += 1) {
      if (number % PAGE_SIZE === 0) await sleep(PAGE_MS)
      yield memberOf(idOf(name ?? '', number))
    }
  },
  count: () => MEMBERS,
}

/** The ids of all members of an audience. */
export function memberIds(audience: string): string[] {
  return Array.from({ length: MEMBERS }, (_, number) => idOf(audience, number))
}

/** Whether the clocks of a member are ahead of UTC; those of the others show UTC. */
export function isEastern(memberId: string): boolean {
  return EASTERN_ZONES.includes(zoneOf(memberId) ?? '')
}

function memberOf(id: string): Member {
  return { id, email: `${id}@example.com`, timeZone: zoneOf(id) }
}

function idOf(audience: string, number: number): string {
  return `${audience}.${number}`
}

function zoneOf(memberId: string): string | undefined {
  return ZONES[Number(memberId.split('.').at(-1)) % ZONES.length]
}
