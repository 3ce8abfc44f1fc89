import type { SendingStorage, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'

/** `storage` with some methods of its sendings replaced. */
export function wrapSendings(
  storage: Storage,
  replace: (sendings: SendingStorage) => Partial<SendingStorage>,
): Storage {
  const { sendings } = storage
  return sendings ? wrap(storage, { sendings: wrap(sendings, replace(sendings)) }) : storage
}
