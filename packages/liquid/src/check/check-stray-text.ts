import { type Liquid, type TagToken, Tokenizer, type TopLevelToken, TypeGuards } from 'liquidjs'
import { templateError } from '../template-error.js'

/** Tags that are one value with filters, and nothing after it. */
const VALUE_TAGS = new Set(['if', 'elsif', 'unless', 'case', 'echo'])
/** Tags whose values take no filters: LiquidJS skips what it does not understand there. */
const FILTERLESS_TAGS = new Set(['for', 'tablerow', 'when', 'capture', 'increment', 'decrement'])

/**
 * Refuses what LiquidJS reads over in silence: text after a value (`{{ first, name }}`) and filters where they have no effect
 * (`{% for item in items | sort %}`), known or not.
 */
export function checkStrayText(source: string, liquid: Liquid): void {
  const tokens = new Tokenizer(source, liquid.options.operators).readTopLevelTokens(liquid.options)
  checkTokens(tokens, liquid)
}

function checkTokens(tokens: readonly TopLevelToken[], liquid: Liquid): void {
  let inComment = false
  for (const token of tokens) {
    if (TypeGuards.isTagToken(token)) {
      if (token.name === 'comment') inComment = true
      if (token.name === 'endcomment') inComment = false
      if (!inComment) checkTag(token, liquid)
    } else if (TypeGuards.isOutputToken(token) && !inComment) {
      checkNothingAfterValue(token, new Tokenizer(token.input, liquid.options.operators, undefined, token.contentRange))
    }
  }
}

function checkTag(token: TagToken, liquid: Liquid): void {
  if (token.name === 'liquid') {
    checkTokens(token.tokenizer.readLiquidTagTokens(liquid.options), liquid)
  } else if (VALUE_TAGS.has(token.name)) {
    checkNothingAfterValue(token, token.tokenizer)
  } else if (FILTERLESS_TAGS.has(token.name) && unquoted(token.args).includes('|')) {
    throw templateError(`${token.name} takes no filters; assign the filtered value first`, token)
  }
}

function checkNothingAfterValue(token: TopLevelToken, tokenizer: Tokenizer): void {
  tokenizer.skipBlank()
  if (tokenizer.end()) return
  tokenizer.readFilteredValue()
  tokenizer.skipBlank()
  if (!tokenizer.end()) throw templateError(`unexpected "${tokenizer.remaining().trim()}"`, token)
}

function unquoted(text: string): string {
  return text.replace(/"[^"]*"|'[^']*'/g, '')
}
