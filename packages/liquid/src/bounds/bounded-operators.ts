import { type Context, defaultOperators } from 'liquidjs'
import { checkTime } from './work-meter.js'

type Operators = typeof defaultOperators
type Operator = Operators[string]

/** LiquidJS's operators, held to the time of their render: comparing lists takes as long as they are, and one tag may do it often. */
export function boundedOperators(): Operators {
  return Object.fromEntries(Object.entries(defaultOperators).map(([name, operator]) => [name, bounded(operator)]))
}

function bounded(operator: Operator): Operator {
  const call = operator as (...args: unknown[]) => ReturnType<Operator>
  return (...args: unknown[]) => {
    checkTime(args.at(-1) as Context)
    return call(...args)
  }
}
