import type { Condition } from '../model/audience.js'
import { BroadsideError, type InputIssue } from '../model/error.js'
import type { Member } from '../model/member.js'
import { CONDITION_OPERATORS, conditionOperator, type ValueTest } from './condition-operators.js'
import { describeIssues } from './input.js'
import { quoted } from './quoted.js'

/** Whether a member belongs to it. */
export type MemberPredicate = (member: Member) => boolean

/** What the groups of fields are called, and where a member has them. */
const GROUPS: ReadonlyMap<string, (member: Member) => unknown> = new Map<string, (member: Member) => unknown>([
  ['member_properties', (member) => member.properties],
  ['member_preferences', (member) => member.preferences],
  ['member', (member) => member],
])

/** Where a field belongs whose condition does not say it. */
const DEFAULT_GROUP = 'member_properties'

/**
 * Compiles conditions to a predicate that is true for members that meet every one of them. What groups, fields and operators mean is said
 * in `docs/audiences.md`.
 *
 * @param path where they stand, for the errors.
 * @throws BroadsideError `INVALID_INPUT` that names every bad rule by its path, such as `conditions.2.operator`, and says what is possible.
 */
export function compileConditions(
  conditions: readonly Condition[],
  path: InputIssue['path'] = ['conditions'],
): MemberPredicate {
  const compiled = conditions.map(compileCondition)
  const issues = compiled.flatMap(({ flaws = [] }, index) =>
    flaws.map(({ field, message }) => ({ path: [...path, index, field], message })),
  )
  if (issues.length > 0) {
    throw new BroadsideError('INVALID_INPUT', `The audience can't be read: ${describeIssues(issues, 'audience')}`, {
      issues,
    })
  }
  const predicates = compiled.flatMap(({ predicate }) => predicate ?? [])
  return (member) => predicates.every((predicate) => predicate(member))
}

interface Flaw {
  readonly field: keyof Condition
  readonly message: string
}

type Compiled =
  | { readonly predicate: MemberPredicate; readonly flaws?: never }
  | { readonly predicate?: never; readonly flaws: readonly Flaw[] }

function compileCondition({ condition_group = DEFAULT_GROUP, field, operator: name, value }: Condition): Compiled {
  const group = GROUPS.get(condition_group)
  const operator = conditionOperator(name)
  const test = operator?.compile(value)
  if (group !== undefined && test !== undefined) return { predicate: predicateOf(group, field, test) }
  const flaws: Flaw[] = []
  if (group === undefined) flaws.push({ field: 'condition_group', message: unknown(condition_group, GROUPS.keys()) })
  if (operator === undefined) flaws.push({ field: 'operator', message: unknown(name, CONDITION_OPERATORS) })
  else if (test === undefined) flaws.push({ field: 'value', message: `${name} takes ${operator.takes}` })
  return { flaws }
}

function unknown(given: string, possible: Iterable<string>): string {
  return `${quoted(given)} is not known; possible are ${[...possible].join(', ')}`
}

function predicateOf(group: (member: Member) => unknown, field: string, test: ValueTest): MemberPredicate {
  const steps = field.split('.')
  return (member) => {
    const bag = group(member)
    const whole = ownValue(bag, field)
    return test(whole === undefined && steps.length > 1 ? steps.reduce(ownValue, bag) : whole)
  }
}

/** What the language puts into every object is nobody's data. */
function ownValue(bag: unknown, key: string): unknown {
  if (typeof bag !== 'object' || bag === null || Array.isArray(bag) || !Object.hasOwn(bag, key)) return undefined
  return (bag as Readonly<Record<string, unknown>>)[key]
}
