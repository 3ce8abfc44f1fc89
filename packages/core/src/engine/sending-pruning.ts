import { isBroadsideError } from '../model/error.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import { instantOf, type PruneOptions } from './pruning.js'
import { sendingsOf } from './sending-info.js'

export interface PruneSendingsPorts {
  readonly storage: Storage
  /** Refuses one that has items in flight. */
  readonly deleteSending: (sendingId: string) => Promise<void>
}

const SENDINGS_AT_ONCE = 100

/** Deletes sendings that ended before an instant; their rows are swept afterwards. */
export async function pruneSendings(
  { finishedBefore, signal }: PruneOptions,
  ports: PruneSendingsPorts,
): Promise<void> {
  if (finishedBefore === undefined) return
  for await (const { id } of endedSendings(instantOf(finishedBefore), ports.storage)) {
    if (signal?.aborted) return
    await ports.deleteSending(id).catch((error: unknown) => {
      // In flight, taken up again, or somebody else was quicker: nothing to prune, now.
      if (!isBroadsideError(error, 'INVALID_TRANSITION') && !isBroadsideError(error, 'SENDING_NOT_FOUND')) throw error
    })
  }
}

async function* endedSendings(finishedBefore: number, storage: Storage): AsyncGenerator<SendingRecord> {
  let after: { value: number; id: string } | undefined
  for (;;) {
    const page = await sendingsOf(storage).listSendings({
      filter: { finishedBefore },
      sortBy: 'createdAt',
      sortDir: 'asc',
      after,
      limit: SENDINGS_AT_ONCE,
    })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < SENDINGS_AT_ONCE) return
    after = { value: last.createdAt, id: last.id }
  }
}
