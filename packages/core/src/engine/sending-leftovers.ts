import type { SendingRecord } from '../storage/sending-record.js'
import type { ListSendingsParams } from '../storage/sending-storage.js'
import type { Storage } from '../storage/storage.js'
import type { Pacer } from './pacer.js'
import { isBeingRead } from './progress-step.js'
import type { SendingChanges } from './sending-changes.js'
import type { SendingFitness } from './sending-fitness.js'
import { sendingsOf } from './sending-info.js'
import { leaseStep, type StepContext, wakeStep } from './sending-step.js'

export interface LeftoversPorts {
  readonly storage: Storage
  readonly changes: SendingChanges
  readonly pacer: Pacer
}

interface LeftoversParams extends StepContext {
  readonly fitness: SendingFitness
}

const LISTED_AT_ONCE = 200

/**
 * Where only one engine can be at the storage, leases found at start belong to nobody: what is left of them is not waited for. And what is under way
 * without this engine being able to carry it is told of.
 */
export async function freeLeftovers(params: LeftoversParams, ports: LeftoversPorts): Promise<void> {
  let after: ListSendingsParams['after']
  do {
    const page = await sendingsOf(ports.storage).listSendings({
      filter: { statuses: ['preparing', 'prepared', 'transmitting'] },
      sortBy: 'createdAt',
      sortDir: 'asc',
      after,
      limit: LISTED_AT_ONCE,
    })
    for (const record of page) await free(record, params, ports)
    await ports.pacer.breathe()
    const last = page.at(-1)
    after = page.length < LISTED_AT_ONCE || last === undefined ? undefined : { value: last.createdAt, id: last.id }
  } while (after !== undefined)
}

async function free(record: SendingRecord, params: LeftoversParams, { changes }: LeftoversPorts): Promise<void> {
  if (record.status !== 'preparing') params.fitness.lackOf(record)
  const after = freed(record, params)
  if (after !== undefined && (after.wakeAt ?? 0) < (record.wakeAt ?? 0)) await changes.apply({ events: [], after })
}

function freed(record: SendingRecord, context: StepContext): SendingRecord | undefined {
  try {
    if (isBeingRead(record)) return leaseStep(record, { leaseUntil: context.now }).after
    return wakeStep(record, context).after
  } catch {
    return undefined // one that makes no sense is told of when it is due
  }
}
