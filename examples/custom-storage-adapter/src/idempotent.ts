import type { Once } from '@broadside/core'
import { callOnce } from './call-once.js'
import type { Tx } from './tx.js'

type Call<Params, Answer> = (tx: Tx, params: Params) => Promise<Answer>

/** `call`, which does nothing where the answer to its key is stored, and gives that. */
export function idempotent<Params extends { readonly once?: Once | undefined }, Answer>(
  call: Call<Params, Answer>,
  isDone: (answer: Answer) => boolean,
): Call<Params, Answer> {
  return async (tx, params) => {
    const { answer } = await callOnce(tx, { once: params.once, call: () => call(tx, params), isDone })
    return answer
  }
}

export function isApplied({ applied }: { readonly applied: boolean }): boolean {
  return applied
}
