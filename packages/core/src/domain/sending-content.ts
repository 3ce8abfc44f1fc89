import { deliveryOptionsShape } from '../model/delivery-options.js'
import { BroadsideError, type InputIssue } from '../model/error.js'
import type { Variant } from '../model/experiment.js'
import type { JobDefinition } from '../model/job.js'
import { type Content, contentSchema, type Message } from '../model/message.js'
import type { SendingDefinition } from '../model/sending.js'
import type { SendingMessage } from '../model/sending-message.js'
import { describeIssues, type ReadInput, readInput } from './input.js'

/** What MIME types are called in a job's content. */
const FIELD_OF_MIME_TYPE: Readonly<Record<string, string>> = { 'text/html': 'html', 'text/plain': 'text' }

type Part = Pick<SendingMessage, 'headers' | 'content'>

/**
 * Headers and content, of a sending's message or of a variant, as fields of a job's content; only those that are given. A header goes
 * over the field of its name, a MIME type over the field that it stands for.
 *
 * The sender stays in two fields, `fromEmail` and `fromDesc`: what is put together before it is rendered can't be quoted safely. See
 * `composeSender`.
 *
 * @throws BroadsideError `INVALID_INPUT` for a field that holds no text and must; see {@link requireContent}, which says where.
 */
export function contentOf(part: Part): Content {
  const read = readContent(part, [])
  if (read.ok) return read.data
  throw invalidContent(read.issues)
}

/**
 * Checks the content of a sending and of all its variants, for when it is defined.
 *
 * @throws BroadsideError `INVALID_INPUT` with the path of every field that holds no text and must, such as `message.content.text/html`.
 */
export function requireContent({
  message,
  experiments = [],
}: Pick<SendingDefinition, 'message' | 'experiments'>): void {
  const parts: [Part, InputIssue['path']][] = experiments.flatMap(({ variants }, experiment) =>
    variants.map((variant, i): [Part, InputIssue['path']] => [variant, ['experiments', experiment, 'variants', i]]),
  )
  const issues = [[message, ['message']] as const, ...parts].flatMap(([part, path]) => {
    const read = readContent(part, path)
    return read.ok ? [] : read.issues
  })
  if (issues.length > 0) throw invalidContent(issues)
}

function readContent({ headers = {}, content = {} }: Part, path: InputIssue['path']): ReadInput<Content> {
  const { replyEmail, ...named } = headers
  const types = Object.entries(content)
  const plain = types.filter(([type]) => fieldOf(type) === type)
  const typed = types.filter(([type]) => fieldOf(type) !== type)
  const fields = [...plain, ...typed, ...Object.entries({ ...named, replyTo: replyEmail })]
    .filter(([, value]) => value !== undefined)
    .map(([type, value]) => [fieldOf(type), value])
  const read = readInput(contentSchema, Object.fromEntries(fields))
  if (read.ok) return read
  const issues = read.issues.map((issue) => {
    const [field, ...rest] = issue.path
    return { ...issue, path: [...path, 'content', keyOf(content, String(field)), ...rest] }
  })
  return { ...read, issues }
}

function invalidContent(issues: readonly InputIssue[]): BroadsideError {
  return new BroadsideError('INVALID_INPUT', `The content is not valid: ${describeIssues(issues, 'content')}`, {
    issues,
  })
}

/**
 * A sending's message as a job's. One that only refers to content gets none of its own, so that a provider with hosted templates receives
 * the reference.
 *
 * @throws as {@link contentOf}.
 */
export function jobMessageOf(message: SendingMessage): Message {
  const { headers, content: _, ...references } = message
  const content = contentOf(message)
  return Object.keys(content).length === 0 ? references : { ...references, content }
}

/**
 * Content with variants over it in their order, field by field. For what a `ContentSource` resolved, and for the content of each locale.
 *
 * @throws as {@link contentOf}.
 */
export function withVariants(content: Content, variants: readonly Variant[]): Content {
  return Object.fromEntries([content, ...variants.map(contentOf)].flatMap(Object.entries))
}

/**
 * The job that a sending builds: its message with channels and merge data for all, and the delivery options. `trackLinks` and the
 * experiments stay with the sending.
 *
 * @throws as {@link contentOf}.
 */
export function jobDefinitionOf(sending: SendingDefinition): JobDefinition {
  const { channel, channels = channel === undefined ? undefined : [channel], message, properties } = sending
  const jobMessage = jobMessageOf(message)
  const data = properties === undefined ? message.data : { ...message.data, ...properties }
  return {
    ...deliveryOptionsOf(sending),
    message: { ...jobMessage, ...(data && { data }), ...(channels && { channels }) },
  }
}

function deliveryOptionsOf(sending: SendingDefinition): Omit<JobDefinition, 'message'> {
  const options = Object.keys(deliveryOptionsShape) as (keyof typeof deliveryOptionsShape)[]
  const given = options.filter((option) => sending[option] !== undefined)
  return Object.fromEntries(given.map((option) => [option, sending[option]])) as Omit<JobDefinition, 'message'>
}

function fieldOf(type: string): string {
  const mime = type.toLowerCase()
  return Object.hasOwn(FIELD_OF_MIME_TYPE, mime) ? (FIELD_OF_MIME_TYPE[mime] ?? type) : type
}

/** The key under which the field was given, for the error that names it. */
function keyOf(content: Readonly<Record<string, unknown>>, field: string): string {
  const keys = Object.keys(content).filter((type) => fieldOf(type) === field)
  return keys.find((type) => type !== field) ?? field
}
