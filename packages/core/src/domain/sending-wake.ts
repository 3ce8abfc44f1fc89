import type { SendingStatus } from '../model/sending-status.js'
import { nextLookAt } from './sending-progress.js'
import type { SendingChampion, StoredSendingState } from './sending-state.js'
import { firstDueOf } from './sending-waves.js'

export interface NextWakeParams {
  readonly status: SendingStatus
  /** When its first items can go out. */
  readonly dueAt?: number | undefined
  readonly state: StoredSendingState
  /** See `failAfterMs`; `undefined`: never. */
  readonly failAfterMs?: number | undefined
}

/**
 * When an engine has next something to do for a sending, in ms since the epoch: to prepare it, to let its first wave go, to end it at its
 * deadline, to look whether it moves, to have a champion picked, to read its audience again. An instant that has passed means at once;
 * `undefined` means not before somebody changes it. The lease of an engine that is at it is not this function's affair.
 */
export function nextWakeOf(params: NextWakeParams): number | undefined {
  const { deadlineAt } = params.state
  const instants = wakesOf(params)
  if (instants === undefined) return undefined
  const known = [...instants, deadlineAt].filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function wakesOf({ status, dueAt, state, failAfterMs }: NextWakeParams): (number | undefined)[] | undefined {
  const { prepareAt, progress, champions, reresolveAt } = state
  switch (status) {
    case 'scheduled':
    case 'pending':
    case 'preparing':
      return [prepareAt ?? dueAt]
    case 'prepared':
      return [firstDueOf(state.waves) ?? dueAt, reresolveAt]
    case 'transmitting': {
      const look = progress && failAfterMs !== undefined ? nextLookAt(progress, failAfterMs) : undefined
      const picks = champions.map(nextPickOf)
      return [look, reresolveAt, ...picks]
    }
    default:
      return undefined
  }
}

/** When the host's function is next to be asked for a champion; `undefined` when there is nothing to ask. */
export function nextPickOf({ pickAt, retryAt, variant }: SendingChampion): number | undefined {
  return variant === undefined && pickAt !== undefined ? Math.max(pickAt, retryAt ?? pickAt) : undefined
}
