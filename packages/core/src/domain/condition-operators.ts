import { compareValues, equalsOneOf, foldCase, isScalar, type Scalar } from './condition-value.js'

/** Whether a member's value, `undefined` where there is none, meets a condition. */
export type ValueTest = (actual: unknown) => boolean

interface Operator {
  /** What its value has to be, as an error says it. */
  readonly takes: string
  /** The test for a value; `undefined` when it is none that the operator takes. */
  readonly compile: (value: unknown) => ValueTest | undefined
}

const A_COMPARABLE = 'a number, a text, or a date as text'
const A_SCALAR = 'a text, a number or a boolean'

const OPERATORS = {
  equals: { takes: `${A_SCALAR}, or a list of those`, compile: compileEquals },
  match: { takes: 'a text that is not empty', compile: compileMatch },
  contains: { takes: `${A_SCALAR}, not empty`, compile: compileContains },
  in: { takes: 'a list of texts, numbers and booleans, not empty', compile: compileIn },
  greater: { takes: A_COMPARABLE, compile: (value) => comparison(value, (order) => order > 0) },
  greater_or_equal: { takes: A_COMPARABLE, compile: (value) => comparison(value, (order) => order >= 0) },
  less: { takes: A_COMPARABLE, compile: (value) => comparison(value, (order) => order < 0) },
  less_or_equal: { takes: A_COMPARABLE, compile: (value) => comparison(value, (order) => order <= 0) },
  between: { takes: 'a list of two numbers, texts or dates, the lower one first', compile: compileBetween },
  exists: { takes: 'no value', compile: (value) => (value === undefined ? isThere : undefined) },
} satisfies Readonly<Record<string, Operator>>

/** Operators that have a `not_` form, which is true of exactly the members that the plain form is not true of. */
const NEGATABLE = ['equals', 'match', 'contains', 'in', 'between', 'exists'] as const

const ALL: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...Object.entries(OPERATORS),
  ...NEGATABLE.map((name): [string, Operator] => [`not_${name}`, negated(OPERATORS[name])]),
])

/** The names of all operators. */
export const CONDITION_OPERATORS: readonly string[] = [...ALL.keys()]

/** The operator of that name. What each one means is said in `docs/audiences.md`. */
export function conditionOperator(name: string): Operator | undefined {
  return ALL.get(name)
}

function negated({ takes, compile }: Operator): Operator {
  return {
    takes,
    compile: (value) => {
      const test = compile(value)
      return test && ((actual) => !test(actual))
    },
  }
}

function isThere(actual: unknown): boolean {
  return actual !== undefined && actual !== null
}

function compileEquals(value: unknown): ValueTest | undefined {
  if (isScalar(value)) return equalsOneOf([value])
  if (!isListOfScalars(value)) return undefined
  const tests = value.map((one) => equalsOneOf([one]))
  return (actual) =>
    Array.isArray(actual) && actual.length === tests.length && tests.every((test, i) => test(actual[i]))
}

/** The word is the MPC document's, which finds a first name by it: neither case nor what stands around it matters. */
function compileMatch(value: unknown): ValueTest | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const sought = foldCase(value)
  return anyElement((actual) => typeof actual === 'string' && foldCase(actual).includes(sought))
}

function compileContains(value: unknown): ValueTest | undefined {
  if (!isScalar(value) || value === '') return undefined
  const isElement = equalsOneOf([value])
  return (actual) => {
    if (Array.isArray(actual)) return actual.some(isElement)
    return typeof actual === 'string' && typeof value === 'string' && actual.includes(value)
  }
}

function compileIn(value: unknown): ValueTest | undefined {
  return isListOfScalars(value) && value.length > 0 ? anyElement(equalsOneOf(value)) : undefined
}

function compileBetween(value: unknown): ValueTest | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [lower, upper] = value
  if (!isComparable(lower) || !isComparable(upper) || !(compareValues(lower, upper) <= 0)) return undefined
  return (actual) => compareValues(actual, lower) >= 0 && compareValues(actual, upper) <= 0
}

function comparison(value: unknown, holds: (order: number) => boolean): ValueTest | undefined {
  return isComparable(value) ? (actual) => holds(compareValues(actual, value)) : undefined
}

function isComparable(value: unknown): value is string | number {
  return isScalar(value) && typeof value !== 'boolean'
}

function isListOfScalars(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value) && value.every(isScalar)
}

/** Of a list, one element is enough. */
function anyElement(test: ValueTest): ValueTest {
  return (actual) => (Array.isArray(actual) ? actual.some(test) : test(actual))
}
