import { ParseError, type Token } from 'liquidjs'

/** An error with the line and column of `token` in its message, as LiquidJS's own have. */
export function templateError(message: string, token: Token): Error {
  return new ParseError(new Error(message), token)
}
