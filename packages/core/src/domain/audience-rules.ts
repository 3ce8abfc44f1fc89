import type { Audience } from '../model/audience.js'
import { BroadsideError, type InputIssue } from '../model/error.js'
import { compileConditions, type MemberPredicate } from './condition.js'
import { quoted } from './quoted.js'

/** A saved audience: by its id or its name, never both. */
export interface SavedAudience {
  readonly id?: string | number | undefined
  readonly name?: string | undefined
}

/** The rules of a saved audience; `undefined` when there is none. */
export type FindAudience = (saved: SavedAudience) => Audience | undefined

/**
 * Compiles an audience to a predicate, for sources that hold their members in memory: members of at least one of `include` and of
 * none of `exclude`. A saved audience may refer to others, but not to itself; without `find` there are none.
 *
 * @throws BroadsideError that names the bad rule by its path, such as `audience.include.0.conditions.2.operator`: `INVALID_INPUT`, or
 * `AUDIENCE_NOT_FOUND` for a saved audience that there is not.
 */
export function compileAudience(audience: Audience, find: FindAudience = () => undefined): MemberPredicate {
  return compile(audience, { path: ['audience'], within: [], find })
}

interface Place {
  readonly path: InputIssue['path']
  /** The saved audiences that led here, by their keys. */
  readonly within: readonly string[]
  readonly find: FindAudience
}

function compile(audience: Audience, place: Place): MemberPredicate {
  const { path } = place
  switch (audience.type) {
    case 'all':
      return () => true
    case 'reference':
      return compileSaved(audience, place)
    case 'inline':
      if (audience.conditions === undefined) return compileSaved({ id: audience.id }, place)
      return compileConditions(audience.conditions, [...path, 'conditions'])
    case 'rules': {
      const part = (list: 'include' | 'exclude'): MemberPredicate[] =>
        audience[list].map((rule, i) => compile(rule, { ...place, path: [...path, list, i] }))
      const [include, exclude] = [part('include'), part('exclude')]
      return (member) => include.some((has) => has(member)) && !exclude.some((has) => has(member))
    }
  }
}

function compileSaved(saved: SavedAudience, place: Place): MemberPredicate {
  const { path, within, find } = place
  const [field, value] = saved.id === undefined ? ['name', saved.name] : ['id', saved.id]
  const where = [...path, field]
  // Names and ids are kept apart; the ids 15 and "15" are the same one, as they are for members.
  const key = `${field}:${value}`
  if (within.includes(key)) {
    throw refusal('INVALID_INPUT', where, `the saved audience ${quoted(String(value))} refers to itself`)
  }
  const found = find(saved)
  if (found === undefined) {
    throw refusal('AUDIENCE_NOT_FOUND', where, `there is no saved audience with the ${field} ${quoted(String(value))}`)
  }
  return compile(found, { find, within: [...within, key], path: [...path, String(value)] })
}

function refusal(
  code: 'INVALID_INPUT' | 'AUDIENCE_NOT_FOUND',
  path: InputIssue['path'],
  message: string,
): BroadsideError {
  return new BroadsideError(code, `The audience can't be read: ${path.join('.')}: ${message}.`, {
    issues: [{ path, message }],
  })
}
