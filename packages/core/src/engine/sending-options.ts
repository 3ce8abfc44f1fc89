import * as z from 'zod'
import { parseInput } from '../domain/input.js'
import { variantSchema } from '../model/experiment.js'

/** Each is read where it is used. */
const given = z.unknown().optional()
const keyed = { idempotencyKey: given }

/**
 * What the operations of a sending can be given. A word that is not known is refused: in place of `schedule` it would have a sending go at once, in
 * place of `onlyUnreached` it would go to everybody again.
 */
const OPTIONS = {
  create: z.strictObject(keyed),
  update: z.strictObject(keyed),
  send: z.strictObject({ ...keyed, schedule: given }),
  unschedule: z.strictObject(keyed),
  pause: z.strictObject(keyed),
  resume: z.strictObject(keyed),
  cancel: z.strictObject({ ...keyed, wait: z.boolean().optional() }),
  retryFailed: z.strictObject({ ...keyed, includeUncertain: z.boolean().optional() }),
  pickChampion: z.strictObject({ ...keyed, experiment: z.string(), variant: variantSchema.shape.name }),
  duplicate: z.strictObject({ ...keyed, changes: given, onlyUnreached: z.boolean().optional() }),
  plan: z.strictObject({ schedule: given, signal: given }),
} as const

/**
 * Refuses options of another kind, and words that the operation does not know.
 *
 * @throws BroadsideError `INVALID_INPUT`.
 */
export function checkSendingOptions(operation: keyof typeof OPTIONS, options: unknown): void {
  parseInput(OPTIONS[operation], options, `The argument of ${operation}`)
}
