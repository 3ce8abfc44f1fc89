import { usableChannels } from '../domain/channel-choice.js'
import { describeIssues, readInput } from '../domain/input.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import { type Content, contentSchema, type Message } from '../model/message.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { ContentReference, ContentSource } from '../render/content-source.js'
import type { Renderer } from '../render/renderer.js'
import type { JobRecord, PreparedMessage } from '../storage/job-record.js'
import { isHosted, refuseMissingProviders, refuseUnrenderable } from './job-fitness.js'
import { jobIds, jobName } from './job-name.js'
import { type Steps, wait } from './maybe-async.js'
import type { ProviderRegistry } from './provider-registry.js'

export interface PreparationPorts {
  readonly providers: ProviderRegistry
  readonly renderer: Renderer | undefined
  readonly contentSource: ContentSource | undefined
  /** False for an engine that only writes: other engines carry the channels. */
  readonly dispatch: boolean
}

/** What running a job fixes for good. */
export interface PreparedRun {
  readonly channels: readonly string[]
  readonly prepared: PreparedMessage
}

/**
 * Checks all that would make every item fail, before the first goes out: channels, transport, content, templates. A refusal leaves the job `created`.
 *
 * @throws BroadsideError that names the job and what to do.
 */
export function* prepareRun(job: JobRecord, ports: PreparationPorts): Steps<PreparedRun> {
  const channels = channelsOf(job, ports)
  const prepared = yield* resolveContent(job, channels, ports)
  yield* compileAll(job, prepared, ports)
  return { channels, prepared }
}

/** The channels that a message names, in order; `undefined` when it leaves that to the engine. */
export function namedChannels(message: Message): readonly string[] | undefined {
  return message.channels ?? message.routing?.channels
}

/** The channels that a job may go out on, in order: those that its message names, or all of the engine's, as far as its preference lets them. */
export function offeredChannels({ definition }: JobRecord, { channels }: ProviderRegistry): string[] {
  const { message, channelsPreference: preference } = definition
  return usableChannels({ channels: namedChannels(message) ?? channels, preference })
}

/** @throws BroadsideError `CHANNEL_NOT_AVAILABLE` or `TRANSPORT_NOT_FOUND`. */
export function channelsOf(job: JobRecord, { providers, dispatch }: PreparationPorts): string[] {
  const channels = offeredChannels(job, providers)
  if (channels.length === 0) {
    throw new BroadsideError(
      'CHANNEL_NOT_AVAILABLE',
      `${jobName(job)} has no channel to go out on. Give the engine a provider, name the message's channels, or check channelsPreference.`,
      jobIds(job),
    )
  }
  if (dispatch) refuseMissingProviders(job, channels, providers)
  return channels
}

function* resolveContent(job: JobRecord, channels: readonly string[], ports: PreparationPorts): Steps<PreparedMessage> {
  const { message } = job.definition
  const resolved = hasReference(message) ? yield* resolveReference(job, channels, ports) : undefined
  if (resolved === undefined && message.content === undefined) return {}
  const content = laidOver(resolved ?? {}, message.content ?? {})
  return { content, contentByLocale: contentByLocale(message, content) }
}

function hasReference(message: Message): boolean {
  return message.event !== undefined || message.template !== undefined
}

function* resolveReference(
  job: JobRecord,
  channels: readonly string[],
  ports: PreparationPorts,
): Steps<Content | undefined> {
  const { event, template, brand, locale } = job.definition.message
  const reference = [event, template].filter((part) => part !== undefined).join(' / ')
  if (ports.contentSource === undefined) {
    if (!ports.dispatch || isHosted(job.definition, channels, ports.providers)) return undefined
    throw new BroadsideError(
      'CONTENT_SOURCE_MISSING',
      `${jobName(job)} refers to ${reference}, and there is nobody to resolve it. Give createBroadside a contentSource, put the content into the message, or use providers with hosted templates.`,
      jobIds(job),
    )
  }
  const asked = { event, template, brand, locale: typeof locale === 'string' ? locale : undefined }
  return checkedContent(yield* askSource(ports.contentSource, asked, { job, reference }), { job, reference })
}

interface Asking {
  readonly job: JobRecord
  /** What is asked for, in words. */
  readonly reference: string
}

function* askSource(source: ContentSource, asked: ContentReference, { job, reference }: Asking): Steps<unknown> {
  try {
    return yield* wait(source.resolve(asked))
  } catch (cause) {
    if (isBroadsideError(cause)) throw cause
    throw contentNotFound({ job, reference }, `which the content source failed to get: ${thrownReason(cause)}`, cause)
  }
}

/** The source is the host's own: a million people are not to get an empty message because it answered with `null`. */
function checkedContent(content: unknown, asking: Asking): Content {
  if (content === undefined || content === null) {
    throw contentNotFound(asking, 'which the content source does not know.')
  }
  const read = readInput(contentSchema, content)
  if (read.ok) return read.data
  const flaws = describeIssues(read.issues, 'it')
  throw contentNotFound(asking, `for which the content source gave something else: ${flaws}`, read.cause)
}

function contentNotFound({ job, reference }: Asking, problem: string, cause?: unknown): BroadsideError {
  return new BroadsideError('CONTENT_NOT_FOUND', `${jobName(job)} refers to ${reference}, ${problem}`, {
    ...jobIds(job),
    cause,
  })
}

function contentByLocale(message: Message, content: Content): Record<string, Content> | undefined {
  if (typeof message.locale !== 'object') return undefined
  return Object.fromEntries(Object.entries(message.locale).map(([locale, over]) => [locale, laidOver(content, over)]))
}

/** A field that is there and `undefined` is not there: stored and read again, it would be gone. */
function laidOver(base: Content, over: Content): Content {
  return { ...base, ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)) }
}

function* compileAll(job: JobRecord, prepared: PreparedMessage, { renderer }: PreparationPorts): Steps<void> {
  const variants: [string, Content][] = Object.entries(prepared.contentByLocale ?? {})
  if (prepared.content !== undefined) variants.unshift(['', prepared.content])
  for (const [locale, content] of variants) {
    const where = locale === '' ? '' : ` (locale ${locale})`
    yield* compileContent(job, { content, where }, { renderer })
  }
}

/** `where` goes into the message, behind "its content". @throws BroadsideError `RENDERER_MISSING` or `TEMPLATE_INVALID`. */
export function* compileContent(
  job: JobRecord,
  { content, where }: { readonly content: Content; readonly where: string },
  { renderer }: Pick<PreparationPorts, 'renderer'>,
): Steps<void> {
  if (renderer === undefined) refuseUnrenderable(job, content, where)
  else yield* compileOne(job, renderer, { content, where })
}

function* compileOne(
  job: JobRecord,
  renderer: Renderer,
  { content, where }: { content: Content; where: string },
): Steps<void> {
  try {
    yield* wait(renderer.compile(content))
  } catch (cause) {
    throw new BroadsideError(
      'TEMPLATE_INVALID',
      `${jobName(job)} can't be run, its content${where} does not compile: ${thrownReason(cause)}`,
      { ...jobIds(job), cause },
    )
  }
}
