import { BroadsideError } from '../model/error.js'
import type { JobDefinition } from '../model/job.js'
import type { Content } from '../model/message.js'
import type { Renderer } from '../render/renderer.js'
import type { JobRecord } from '../storage/job-record.js'
import { jobIds, jobName } from './job-name.js'
import type { ProviderRegistry } from './provider-registry.js'

/**
 * Makes sure that an engine has what a job needs that another engine has run: providers, transport, renderer.
 *
 * @throws BroadsideError `CHANNEL_NOT_AVAILABLE`, `TRANSPORT_NOT_FOUND`, `CONTENT_SOURCE_MISSING` or `RENDERER_MISSING`: the job is then for another engine.
 */
export function refuseUnfit(
  job: JobRecord,
  ports: { readonly providers: ProviderRegistry; readonly renderer: Renderer | undefined },
): void {
  refuseMissingProviders(job, job.channels, ports.providers)
  const { content, contentByLocale = {} } = job.prepared ?? {}
  if (content === undefined) refuseUnhosted(job, ports.providers)
  else if (ports.renderer === undefined) {
    for (const one of [content, ...Object.values(contentByLocale)]) refuseUnrenderable(job, one, '')
  }
}

/** @throws BroadsideError `CHANNEL_NOT_AVAILABLE` or `TRANSPORT_NOT_FOUND`. */
export function refuseMissingProviders(job: JobRecord, channels: readonly string[], providers: ProviderRegistry): void {
  const missing = channels.filter((channel) => providers.find(channel, undefined) === undefined)
  if (missing.length === 0) {
    refuseMissingTransport(job, channels, providers)
    return
  }
  throw new BroadsideError(
    'CHANNEL_NOT_AVAILABLE',
    `${jobName(job)} wants channel ${missing.join(', ')}, which no provider of this engine carries. ${namesOf(providers)}`,
    jobIds(job),
  )
}

function namesOf(providers: ProviderRegistry): string {
  const names = providers.all.map(({ name, channel }) => `${name} (${channel})`)
  return names.length === 0 ? 'This engine has no providers.' : `It has ${names.join(', ')}.`
}

function refuseMissingTransport(job: JobRecord, channels: readonly string[], providers: ProviderRegistry): void {
  const { transport } = job.definition
  if (transport === undefined || channels.includes(providers.named(transport)?.channel ?? '')) return
  throw new BroadsideError(
    'TRANSPORT_NOT_FOUND',
    `${jobName(job)} wants transport ${transport}, but no provider of that name carries ${channels.join(' or ')}. ${namesOf(providers)}`,
    jobIds(job),
  )
}

/** Whether every channel of a job is carried by a provider that renders references by itself. */
export function isHosted(definition: JobDefinition, channels: readonly string[], providers: ProviderRegistry): boolean {
  return channels.every((channel) => providers.find(channel, definition.transport)?.hostedTemplates === true)
}

function refuseUnhosted(job: JobRecord, providers: ProviderRegistry): void {
  if (isHosted(job.definition, job.channels, providers)) return
  throw new BroadsideError(
    'CONTENT_SOURCE_MISSING',
    `${jobName(job)} leaves its content to providers with hosted templates, and this engine's are none. ${namesOf(providers)}`,
    jobIds(job),
  )
}

/** Braces without a renderer would reach every recipient as they are: surely not what was meant. */
export function refuseUnrenderable(job: JobRecord, content: Content, where: string): void {
  const field = Object.keys(content).find((key) => typeof content[key] === 'string' && /\{\{|\{%/.test(content[key]))
  if (field === undefined) return
  throw new BroadsideError(
    'RENDERER_MISSING',
    `${jobName(job)} has template syntax in ${field}${where}, but the engine has no renderer. Give createBroadside one, such as liquidRenderer() of @broadside/liquid.`,
    jobIds(job),
  )
}
