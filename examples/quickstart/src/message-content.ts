import type { Content } from '@broadside/core'
import { liquidRenderer } from '@broadside/liquid'
import type { Arguments } from './arguments.js'
import { Refusal } from './refusal.js'

/**
 * What every recipient gets, as templates.
 *
 * @throws Refusal for a template that does not compile: now, and not when the recipients are all in.
 */
export function messageContent({ from, subject, template }: Arguments): Content {
  const content = { from, subject, [template.part]: template.source }
  try {
    liquidRenderer().compile(content)
  } catch (error) {
    throw new Refusal(
      `the message does not compile (--subject, --template): ${error instanceof Error ? error.message : error}`,
    )
  }
  if (template.source.trim() === '')
    throw new Refusal('--template: the file is empty, so everybody would get an empty message')
  return content
}
