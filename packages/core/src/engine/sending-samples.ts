import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { AudienceSource } from '../audience/audience-source.js'
import type { SendOutcome } from '../channel/outcome.js'
import type { OutgoingMessage } from '../channel/provider.js'
import { type IngestPorts, planEntry } from '../domain/ingest-plan.js'
import { parseInput } from '../domain/input.js'
import { entryOfRecipient, type RecipientEntry } from '../domain/recipient-entry.js'
import { parseSendingState } from '../domain/sending-state.js'
import { EMPTY_TRAIL } from '../domain/trail.js'
import {
  hasChampion,
  isInTestGroup,
  requireVariant,
  type VariantChoice,
  variantsFor,
} from '../domain/variant-assignment.js'
import { BroadsideError, type InputIssue } from '../model/error.js'
import type { Experiment } from '../model/experiment.js'
import { ITEM_CODES } from '../model/item.js'
import { type Recipient, type RecipientInput, recipientSchema } from '../model/recipient.js'
import type { SendingDefinition } from '../model/sending.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { NewItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import { championChoices } from './champion-step.js'
import type { IdempotencyOptions } from './idempotency.js'
import { type RoutedItem, routeItem } from './item-routing.js'
import { JobMessage, type JobMessagePorts } from './job-message.js'
import { runAsync } from './maybe-async.js'
import { callProvider } from './provider-call.js'
import { withLastingId } from './recipient-intake.js'
import type { PreparationPorts } from './run-preparation.js'
import type { SendWatch } from './send-watch.js'
import { unborn } from './sending-checks.js'
import { recipientsOf } from './sending-recipients.js'
import { prepareSendingRun } from './sending-run.js'

export interface SamplePorts extends JobMessagePorts {
  readonly storage: Storage
  readonly audienceSource: AudienceSource | undefined
  readonly preparation: PreparationPorts
  readonly ingest: IngestPorts
  readonly watch: SendWatch
}

export interface PreviewOptions {
  /** For whom: a member by `member_id`, or anybody. */
  readonly recipient: RecipientInput
  /** Variants to be shown, whoever the recipient is; the others are those that it gets. */
  readonly variants?: readonly VariantChoice[] | undefined
}

/** A message as one recipient would get it. */
export interface SendingPreview {
  /** The channel that reaches the recipient; absent when none does. */
  readonly channel?: string | undefined
  readonly address?: string | undefined
  /** Rendered: subject, html, text, and whatever else the message has. */
  readonly content: OutgoingMessage['content']
  /** Set when a provider renders by itself: then there is no content to show. */
  readonly reference?: OutgoingMessage['reference']
  /** One of each experiment; `undefined` while there is none to show. */
  readonly variants?: readonly VariantChoice[] | undefined
  /**
   * True for somebody outside of the test group, before the champion is picked: nobody knows yet which variant it gets, so what is shown is the
   * message without it. Ask for `variants` to see them.
   */
  readonly awaitsChampion: boolean
}

export interface TestOptions extends IdempotencyOptions {
  /** Who gets it, a hundred at most. */
  readonly recipients: readonly RecipientInput[]
  /** Variants that all of them get. */
  readonly variants?: readonly VariantChoice[] | undefined
}

/** What became of one test message. */
export interface TestResult {
  readonly recipient: string
  readonly channel?: string | undefined
  readonly address?: string | undefined
  readonly status: 'sent' | 'failed' | 'skipped' | 'unknown'
  readonly receipt?: string | undefined
  readonly code?: string | undefined
  readonly reason?: string | undefined
}

const choicesSchema = z.array(z.strictObject({ experiment: z.string(), variant: z.string() })).optional()
const previewSchema = z.strictObject({ recipient: recipientSchema, variants: choicesSchema })
const testSchema = z.strictObject({
  recipients: z.array(recipientSchema).min(1).max(100),
  variants: choicesSchema,
  idempotencyKey: z.string().optional(),
})

/** Renders the message for one recipient; nothing is sent. */
export async function previewSending(
  record: SendingRecord,
  options: PreviewOptions,
  ports: SamplePorts,
): Promise<SendingPreview> {
  const { recipient, variants } = parseInput(previewSchema, options, 'The preview')
  const { item, user } = await sampleOf(recipient, record, { ...ports, path: ['recipient'] })
  const shown = shownVariants(record, { recipient: item.recipient, asked: variants })
  const message = await messageOf(record, { variants, experiments: shown.experiments }, ports)
  const way = routeItem(item, message.job, ports.providers)
  const routed = way ?? nowhere({ item, user }, message.job)
  const composed = await (async () => message.compose(routed, shown.choices))().catch((cause: unknown) => {
    throw notRenderable(record.id, cause)
  })
  return {
    channel: way?.provider.channel,
    address: way?.address,
    content: composed.content,
    reference: composed.reference,
    variants: shown.awaitsChampion ? composed.variants : (composed.variants ?? []),
    awaitsChampion: shown.awaitsChampion,
  }
}

/** The experiments of which it is known what a recipient gets, or of which a variant is asked for. */
function shownVariants(
  { definition, state }: SendingRecord,
  { recipient, asked = [] }: { readonly recipient: string; readonly asked: readonly VariantChoice[] | undefined },
): { readonly experiments: Experiment[]; readonly choices: VariantChoice[]; readonly awaitsChampion: boolean } {
  const { experiments = [] } = definition
  const champions = championChoices(parseSendingState(state))
  const known = new Set([...asked, ...champions].map(({ experiment }) => experiment))
  const isTester = isInTestGroup(experiments, recipient)
  const isKnown = ({ name }: { readonly name: string }): boolean => known.has(name)
  const shown = experiments.filter((one) => isTester || !hasChampion(one) || isKnown(one))
  const choices = variantsFor({ experiments, recipient, champions, asked })
    .filter(({ experiment }) => shown.some(({ name }) => name === experiment))
    .map(({ experiment, variant }) => ({ experiment, variant: variant.name }))
  return { experiments: shown, choices, awaitsChampion: shown.length < experiments.length }
}

/** Renders the message and sends it at once to a few, outside of the sending: no item, no counter, no consent is asked. */
export async function testSending(
  record: SendingRecord,
  options: TestOptions,
  ports: SamplePorts,
): Promise<TestResult[]> {
  const { recipients, variants, idempotencyKey } = parseInput(testSchema, options, 'The test')
  // An engine that leaves sending to others sends tests all the same: it has to have the channels then.
  const preparation = { ...ports.preparation, dispatch: true }
  const { experiments } = record.definition
  const message = await messageOf(record, { variants, experiments }, { ...ports, preparation })
  const samples: Sample[] = []
  for (const [i, recipient] of recipients.entries())
    samples.push(await sampleOf(recipient, record, { ...ports, path: ['recipients', i] }))
  const results: TestResult[] = []
  for (const [i, { item }] of samples.entries()) {
    // A repeat under the same key is the same message to the provider, which then sends it once.
    const messageId = idempotencyKey === undefined ? item.messageId : testId([record.id, idempotencyKey, String(i)])
    const routed = routeItem({ ...item, messageId }, message.job, ports.providers)
    results.push(routed === undefined ? unreachable(item) : await sendOne(routed, { message, variants }, ports))
  }
  return results
}

async function sendOne(
  routed: RoutedItem,
  { message, variants }: { readonly message: JobMessage; readonly variants: readonly VariantChoice[] | undefined },
  { watch }: SamplePorts,
): Promise<TestResult> {
  const { item, provider, address } = routed
  const way = { recipient: item.recipient, channel: provider.channel, address }
  let composed: OutgoingMessage
  try {
    composed = await message.compose(routed, variants)
  } catch (error) {
    return { ...way, status: 'failed', code: ITEM_CODES.renderFailed, reason: thrownReason(error) }
  }
  const [outcome] = await callProvider({ provider, messages: [composed], signal: new AbortController().signal }, watch)
  return { ...way, ...told(outcome) }
}

function told(outcome: SendOutcome | undefined): Pick<TestResult, 'status' | 'receipt' | 'code' | 'reason'> {
  switch (outcome?.type) {
    case 'sent':
      return { status: 'sent', receipt: outcome.receipt }
    case 'rejected':
    case 'retryable':
      return { status: 'failed', code: outcome.code, reason: outcome.reason }
    default:
      return { status: 'unknown', code: outcome?.code, reason: outcome?.reason }
  }
}

function unreachable({ recipient }: NewItem): TestResult {
  return {
    recipient,
    status: 'skipped',
    code: ITEM_CODES.noAddress,
    reason: 'no channel of the sending has an address for this recipient',
  }
}

async function messageOf(
  record: SendingRecord,
  {
    variants = [],
    experiments = [],
  }: {
    readonly variants: readonly VariantChoice[] | undefined
    readonly experiments: readonly Experiment[] | undefined
  },
  ports: SamplePorts,
): Promise<JobMessage> {
  for (const choice of variants) requireVariant(record.definition.experiments ?? [], choice)
  const definition = { ...record.definition, experiments: experiments.length === 0 ? undefined : [...experiments] }
  const job = unborn(record)
  const { channels, prepared } = await runAsync(prepareSendingRun(job, definition, ports.preparation))
  const champions = championChoices(parseSendingState(record.state))
  const sending = prepared.sending && { ...prepared.sending, champions }
  return JobMessage.compile({ ...job, channels, prepared: { ...prepared, sending } }, ports)
}

interface Sample {
  readonly item: NewItem & { readonly seq: number; readonly attempts: number }
  readonly user: RecipientEntry
}

/** `path` is where the caller named it. */
async function sampleOf(
  recipient: Recipient,
  { id, definition }: SendingRecord,
  { path, ...ports }: SamplePorts & Pick<InputIssue, 'path'>,
): Promise<Sample> {
  const alone: SendingDefinition = {
    ...definition,
    audience: undefined,
    unreachedOf: undefined,
    recipients: [recipient],
  }
  const asked = { sendingId: id, definition: alone, signal: new AbortController().signal }
  let user = entryOfRecipient(recipient)
  for await (const found of recipientsOf(asked, ports)) {
    if (!found.ok) throw badRecipient(path, found.reason)
    user = found.entry
  }
  const plan = planEntry(user, ports.ingest)
  if (!plan.ok)
    throw badRecipient(path, plan.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
  return { item: { ...withLastingId(plan.item), seq: 0, attempts: 0 }, user }
}

function notRenderable(sendingId: string, cause: unknown): BroadsideError {
  return new BroadsideError(
    'TEMPLATE_INVALID',
    `Sending ${sendingId} can't be rendered for this recipient: ${thrownReason(cause)}`,
    { sendingId, cause },
  )
}

function badRecipient(path: InputIssue['path'], reason: string): BroadsideError {
  return new BroadsideError('INVALID_INPUT', `The recipient (${path.join('.')}) is not valid: ${reason}.`, {
    issues: [{ path, message: reason }],
  })
}

/** Somebody whom no channel reaches still has a message to look at. */
function nowhere({ item, user }: Sample, { channels: [channel = ''] }: JobRecord): RoutedItem {
  return { item, user, trail: EMPTY_TRAIL, provider: { channel, name: channel }, address: '', hasFallback: false }
}

function testId(parts: readonly string[]): string {
  return `test-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`
}
