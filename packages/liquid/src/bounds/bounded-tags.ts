import { CaseTag, type Liquid, type Parser, type TagToken, type TopLevelToken } from 'liquidjs'

/** `case` over a list would compare lists once for every `when`, outside of any limit. Nobody needs it. */
export class BoundedCaseTag extends CaseTag {
  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remainTokens, liquid, parser)
    const subject = this.value
    const evaluate = subject.value.bind(subject)
    subject.value = function* (context, lenient) {
      const value = yield evaluate(context, lenient)
      if (Array.isArray(value)) throw new Error('case compares single values, and this is a list')
      return value
    }
  }
}
