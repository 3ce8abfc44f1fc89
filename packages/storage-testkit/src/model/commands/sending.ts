import assert from 'node:assert/strict'
import type { OwnedJobStep, SendingRecord, SendingStatus, SendingStorage } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { newSending } from '../../fixtures/sendings.js'
import { commandOf, mostly } from '../command.js'
import { inFlightOf, isTerminalJob } from '../model-job.js'
import { type ModelSending, setRecord, transmitted } from '../model-sending.js'
import { applyStep, createStep, STEP, stepOf } from '../owned-step.js'
import { mint, pick, type World } from '../world.js'
import { addItems, DUES } from './add.js'
import { spread } from './launch.js'

/** How many sendings there are at most. */
const MAX_SENDINGS = 5

/** What a sending says beside its job, before it is known when that is. */
interface Fields {
  readonly status: SendingStatus
  readonly wake: number | undefined
  readonly due: number | undefined
  readonly name: string | undefined
  readonly tags: readonly string[]
  readonly state: string
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })

const FIELDS: fc.Arbitrary<Fields> = fc.record({
  status: fc.constantFrom<SendingStatus[]>('draft', 'preparing', 'transmitting', 'transmitting', 'cancelled', 'failed'),
  wake: optional(fc.integer({ min: -5, max: 30 })),
  due: optional(fc.nat({ max: 3 })),
  name: optional(fc.constantFrom('a', 'B', 'b')),
  tags: fc.subarray(['x', 'y']),
  state: fc.constantFrom('{}', '{"waves":[]}', 'any text'),
})

export const CREATE_SENDING = commandOf('createSending', FIELDS, async (world, fields) => {
  await createSending(world, fields)
})

async function createSending(world: World, fields: Fields): Promise<ModelSending | undefined> {
  const { sendings } = world.storage
  if (!sendings || world.sendings.length >= MAX_SENDINGS) return undefined
  const sending = { ...newSending({ id: mint(world, 'sending'), createdAt: world.now }), ...fieldsOf(world, fields) }
  const answer = await sendings.createSending({ sending })
  world.trace.push(`create ${inWords(sending)}`)
  assert.deepEqual(plain(answer), plain(sending), 'the answer of createSending')
  const model = { id: sending.id, record: sending, past: [sending], job: undefined }
  world.sendings.push(model)
  return model
}

/** Stores a sending and its job, fills and runs that, so that several sendings go out at once. */
export const LAUNCH_SENDING = commandOf(
  'launchSending',
  fc.record({
    fields: FIELDS,
    items: fc.integer({ min: 1, max: 6 }),
    waves: fc.integer({ min: 1, max: 3 }),
    dues: DUES,
  }),
  async (world, { fields, items, waves, dues }) => {
    const sending = await createSending(world, { ...fields, status: 'pending' })
    const step = sending && createStep(world, sending.id)
    if (!step) return
    await changeLatest(world, sending, { to: { status: 'preparing' }, step })
    if (!sending.job) return
    await addItems(world, sending.job, { ...spread(items, waves), dues })
    const set = { runNo: 1, startedAt: world.now, channels: ['email'] }
    const run = { type: 'transition', from: 'created', to: 'processing', set } as const
    await changeLatest(world, sending, { to: { status: 'transmitting' }, step: run })
  },
)

async function changeLatest(world: World, sending: ModelSending, change: Pick<Changing, 'to' | 'step'>): Promise<void> {
  const { record } = sending
  if (record) await changeSending(world, { sending, read: record, ...change })
}

function fieldsOf({ now }: World, { status, wake, due, name, tags, state }: Fields): Partial<SendingRecord> {
  const { definition } = newSending({ definition: { ...(name === undefined ? {} : { name }), tags: [...tags] } })
  const wakeAt = wake === undefined ? undefined : now + wake
  const finishedAt = status === 'cancelled' || status === 'failed' ? now : undefined
  return { status, definition, state, wakeAt, dueAt: due === undefined ? undefined : 1_000_000 + due, finishedAt }
}

function inWords({ id, version, status, wakeAt }: SendingRecord): string {
  return `${id}, version ${version}: ${status}, awake at ${wakeAt}`
}

interface VersionChoice {
  readonly sending: number
  /** How many versions ago it was read. */
  readonly ago: number
}

const VERSION = {
  sending: fc.nat(),
  ago: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 6 }) },
  ),
}

/** A sending as it stands or once stood; one that has been deleted rarely. */
function pickVersion({ sendings }: World, { sending: number, ago }: VersionChoice) {
  const there = sendings.filter(({ record }) => record)
  const sending = number % 8 === 0 ? pick(sendings, number >> 3) : pick(there, number >> 3)
  const read = sending?.past.at(-1 - (ago % sending.past.length))
  return sending && read && { sending, read }
}

export const CHANGE_SENDING = commandOf(
  'changeSending',
  fc.record({ ...VERSION, fields: FIELDS, step: STEP }),
  async (world, command) => {
    const picked = pickVersion(world, command)
    if (!picked || !world.storage.sendings) return
    const { sending, read } = picked
    const to = fieldsOf(world, command.fields)
    await changeSending(world, { sending, read, to, step: stepOf(world, sending, command.step) })
  },
)

interface Changing {
  readonly sending: ModelSending
  readonly read: SendingRecord
  readonly to: Partial<SendingRecord>
  readonly step: OwnedJobStep | undefined
}

async function changeSending(world: World, { sending, read, to, step }: Changing): Promise<void> {
  const { now } = world
  const jobId = step?.type === 'create' ? step.job.id : read.jobId
  const wanted = { ...read, ...to, jobId }
  const result = await sendingsIn(world).changeSending({ sending: wanted, job: step, now })
  world.trace.push(`change ${inWords(wanted)}, ${JSON.stringify(step ?? 'no step')}: ${result.applied}`)
  const { record: before } = sending
  const isCurrent = before !== undefined && before.version === read.version
  const stepped = isCurrent && step ? applyStep(world, sending, step) : undefined
  const applied = isCurrent && stepped?.applied !== false
  if (applied) {
    const { job } = sending
    const isDone = job !== undefined && !job.deleted && job.status === 'completed'
    const changed = { ...wanted, version: before.version + 1 }
    setRecord(sending, isDone ? transmitted(changed, now) : changed)
  }
  assert.equal(result.applied, applied, 'whether the change is applied')
  assert.deepEqual(plain(result.sending), plain(sending.record), 'the sending in the answer of changeSending')
  assert.deepEqual(plain(result.job), plain(stepped), 'the step in the answer of changeSending')
}

export const DELETE_SENDING = commandOf(
  'deleteSending',
  fc.record({ ...VERSION, ago: fc.nat({ max: 2 }), ended: mostly(4) }),
  async (world, choice) => {
    const ended = world.sendings.filter(({ record, job }) => record && job && !job.deleted && isTerminalJob(job))
    const seeking = choice.ended && ended.length > 0
    const picked = pickVersion(seeking ? { ...world, sendings: ended } : world, choice)
    if (!picked || !world.storage.sendings) return
    const { sending, read } = picked
    const { record, job } = sending
    const params = { sendingId: sending.id, version: read.version, now: world.now }
    const result = await sendingsIn(world).deleteSending(params)
    world.trace.push(`delete ${sending.id}, version ${read.version}: ${result.applied}`)
    const isFree = !job || job.deleted || (isTerminalJob(job) && inFlightOf(job) === 0)
    const allowed = record?.version === read.version && isFree
    if (allowed) {
      sending.record = undefined
      if (job) job.deleted = true
    }
    assert.equal(result.applied, allowed, 'whether the sending is deleted')
    assert.deepEqual(plain(result.sending), plain(sending.record), 'the sending in the answer of deleteSending')
  },
)

function sendingsIn({ storage }: World): SendingStorage {
  assert.ok(storage.sendings, 'the storage keeps sendings')
  return storage.sendings
}
