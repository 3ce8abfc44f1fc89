import {
  type ChangeSendingParams,
  type SendingChange,
  type SendingDefinition,
  type SendingRecord,
  type SendingStorage,
  type Storage,
  sendingDefinitionSchema,
} from '@broadside/core'
import { newItems, newJob, START } from './jobs.js'

export function sendingsOf({ sendings }: Storage): SendingStorage {
  if (!sendings) throw new Error('the storage keeps no sendings')
  return sendings
}

export interface NewSending extends Partial<Omit<SendingRecord, 'definition'>> {
  readonly definition?: Partial<SendingDefinition>
}

export function createSending(storage: Storage, { definition, ...more }: NewSending = {}): Promise<SendingRecord> {
  const sending: SendingRecord = {
    id: 'sending-1',
    status: 'draft',
    createdAt: START,
    state: '{}',
    version: 1,
    ...more,
    definition: { ...sendingDefinitionSchema.parse({ message: { template: 'welcome' } }), ...definition },
  }
  return sendingsOf(storage).createSending({ sending })
}

/** Changes a sending as it was read. */
export function change(
  storage: Storage,
  sending: SendingRecord,
  { to, ...more }: { readonly to: Partial<SendingRecord> } & Partial<ChangeSendingParams>,
): Promise<SendingChange> {
  return sendingsOf(storage).changeSending({ now: START, ...more, sending: { ...sending, ...to } })
}

/** A sending of this status, whose job is going out and has one item. Both have ids that end in `name`. */
export async function sendingWithJob(
  storage: Storage,
  { name, status }: { readonly name: string; readonly status: 'prepared' | 'transmitting' },
): Promise<SendingRecord> {
  const [id, jobId] = [`sending-${name}`, `job-${name}`]
  const pending = await createSending(storage, { id, status: 'pending' })
  const create = { type: 'create', job: { ...newJob(jobId), ownerId: id } } as const
  const preparing = await change(storage, pending, { to: { status: 'preparing', jobId }, job: create })
  await storage.addItems({ jobId, items: newItems(1), duplicateCode: 'DUPLICATE' })
  const set = { channels: ['email'], startedAt: START }
  const run = { type: 'transition', from: 'created', to: 'processing', set } as const
  const { sending } = await change(storage, preparing.sending ?? pending, { to: { status }, job: run })
  if (!sending) throw new Error(`the sending ${id} has not been run`)
  return sending
}
