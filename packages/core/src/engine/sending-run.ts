import { withVariants } from '../domain/sending-content.js'
import { BroadsideError } from '../model/error.js'
import type { Content } from '../model/message.js'
import type { SendingDefinition } from '../model/sending.js'
import type { JobRecord } from '../storage/job-record.js'
import { jobIds, jobName } from './job-name.js'
import type { Steps } from './maybe-async.js'
import {
  channelsOf,
  compileContent,
  namedChannels,
  type PreparationPorts,
  type PreparedRun,
  prepareRun,
} from './run-preparation.js'

/**
 * Checks all that would make every item of a sending fail, and fixes what its messages are made of, variants included.
 *
 * @throws BroadsideError as `prepareRun` does.
 */
export function* prepareSendingRun(
  job: JobRecord,
  definition: SendingDefinition,
  ports: PreparationPorts,
): Steps<PreparedRun> {
  const { channels, prepared } = yield* prepareRun(job, ports)
  const { experiments, trackLinks } = definition
  if (experiments !== undefined) yield* compileVariants(job, { definition, content: prepared.content }, ports)
  return {
    channels: withOthers(channels, job, ports),
    prepared: { ...prepared, sending: { trackLinks, ...(experiments && { experiments }) } },
  }
}

/** What of that can be checked when it is scheduled: the content behind references may come later. */
export function* checkSendingRun(job: JobRecord, definition: SendingDefinition, ports: PreparationPorts): Steps<void> {
  const { event, template } = definition.message
  if (event === undefined && template === undefined) yield* prepareSendingRun(job, definition, ports)
  else channelsOf(job, ports)
}

/** Each field of a variant is a template by itself, so each variant over the content is enough: no need for every combination. */
function* compileVariants(
  job: JobRecord,
  { definition, content }: { readonly definition: SendingDefinition; readonly content: Content | undefined },
  ports: PreparationPorts,
): Steps<void> {
  if (content === undefined) {
    throw new BroadsideError(
      'CONTENT_SOURCE_MISSING',
      `${jobName(job)} leaves its content to its provider, so its experiments have nothing to vary. Give createBroadside a contentSource, or put the content into the message.`,
      jobIds(job),
    )
  }
  for (const { name, variants } of definition.experiments ?? []) {
    for (const variant of variants) {
      const where = ` (experiment ${name}, variant ${variant.name})`
      yield* compileContent(job, { content: withVariants(content, [variant]), where }, ports)
    }
  }
}

/** A recipient's own preference may choose a channel that the sending's leaves out: those that this engine carries are open to it. */
export function withOthers(
  channels: readonly string[],
  { definition }: JobRecord,
  { providers }: PreparationPorts,
): string[] {
  const others = (namedChannels(definition.message) ?? providers.channels).filter(
    (channel) => providers.find(channel, undefined) !== undefined,
  )
  return [...new Set([...channels, ...others])]
}
