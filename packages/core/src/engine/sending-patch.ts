import { BroadsideError } from '../model/error.js'
import type { SendingDefinition, SendingInput } from '../model/sending.js'
import type { SendingRecord } from '../storage/sending-record.js'

/** Fields of a draft to be changed: those that are absent stay as they are, `null` takes a field away (of `failAfter` it means never). */
export type SendingPatch = { readonly [field in keyof SendingInput]?: SendingInput[field] | null }

/** Two ways of saying one thing: the one that is given replaces the other. */
const INSTEAD_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['channel', ['channels']],
  ['channels', ['channel']],
  ['unreachedOf', ['audience', 'recipients']],
])

/** A definition with a patch over it, field by field; still to be checked. */
export function patched(definition: SendingInput | SendingDefinition, patch: SendingPatch): unknown {
  if (typeof patch !== 'object' || patch === null) {
    throw new BroadsideError('INVALID_INPUT', 'The changes must be an object of fields.')
  }
  const next = new Map<string, unknown>(Object.entries(definition))
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (value !== null) for (const other of INSTEAD_OF.get(field) ?? []) next.delete(other)
    if (value === null && field !== 'failAfter') next.delete(field)
    else next.set(field, value)
  }
  return Object.fromEntries(next)
}

/** What a copy starts with: all that the original says, its schedule kept as a proposal; or, of who it goes to, only those who did not get the original. */
export function duplicateOf({ id, definition }: SendingRecord, onlyUnreached: boolean): SendingInput {
  const copy: SendingInput = { ...definition, draft: true }
  if (!onlyUnreached) return copy
  const { audience: _, recipients: __, ...rest } = copy
  return { ...rest, unreachedOf: id }
}
