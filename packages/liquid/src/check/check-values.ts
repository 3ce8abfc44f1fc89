import { type Liquid, type Template, TypeGuards, toValueSync, Value } from 'liquidjs'
import { templateError } from '../template-error.js'

/** Filters that take an expression as a text and run it. */
const EXPRESSION_FILTERS = /_exp$/

interface Where {
  readonly template: Template
  readonly liquid: Liquid
}

/**
 * Checks what LiquidJS leaves for the render, or reads over: filters within `cycle`, several values where one belongs
 * (`{{ first name }}`), and the expressions of `where_exp` and its kin. Such an expression has to be written out in the template: one that
 * comes from data would be data run as a template.
 */
export function checkValues(templates: readonly Template[], liquid: Liquid): void {
  for (const template of templates) {
    const where = { template, liquid }
    for (const argument of template.arguments?.() ?? []) {
      if (argument instanceof Value) checkValue(argument, where)
      else if (TypeGuards.isFilteredValueToken(argument)) checkValue(built(argument, where), where)
    }
    checkValues(childrenOf(template), liquid)
  }
}

function childrenOf(template: Template): readonly Template[] {
  return (toValueSync(template.children?.(false, true) ?? []) as readonly Template[] | undefined) ?? []
}

function checkValue(value: Value, where: Where): void {
  const operands = value.initial.postfix.reduce((sum, token) => {
    if (!TypeGuards.isOperatorToken(token)) return sum + 1
    return token.operator === 'not' ? sum : sum - 1
  }, 0)
  if (operands !== 1) throw templateError('has several values where one belongs', where.template.token)
  for (const filter of value.filters) if (EXPRESSION_FILTERS.test(filter.name)) checkExpression(filter, where)
}

function checkExpression({ name, args }: Value['filters'][number], where: Where): void {
  const [item, expression] = args
  if (!TypeGuards.isQuotedToken(item) || !TypeGuards.isQuotedToken(expression)) {
    throw templateError(`${name} takes its expression in quotes: data is never run`, where.template.token)
  }
  checkValue(built(expression.content, where), where)
}

/** Errors within an expression name the template that holds it: the expression has no place of its own. */
function built(source: ConstructorParameters<typeof Value>[0], { template, liquid }: Where): Value {
  try {
    return new Value(source, liquid)
  } catch (error) {
    throw templateError(error instanceof Error ? error.message : String(error), template.token)
  }
}
