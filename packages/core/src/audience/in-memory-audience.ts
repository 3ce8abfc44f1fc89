import { compileAudience, type FindAudience } from '../domain/audience-rules.js'
import type { Audience } from '../model/audience.js'
import type { Member } from '../model/member.js'
import type { AudienceSource } from './audience-source.js'

/**
 * An audience source over members that are all in memory. The array is read whenever it is asked: members that come or go later count.
 *
 * `saved` are the audiences that others may refer to, by name or id.
 */
export function inMemoryAudience(
  members: readonly Member[],
  saved: Readonly<Record<string, Audience>> = {},
): AudienceSource {
  const find: FindAudience = ({ id, name }) => {
    const key = String(id ?? name)
    return Object.hasOwn(saved, key) ? saved[key] : undefined
  }
  const among = (audience: Audience): readonly Member[] => members.filter(compileAudience(audience, find))
  return {
    resolve: among,
    member: (id) => members.find((member) => String(member.id) === id),
    count: (audience) => among(audience).length,
  }
}
