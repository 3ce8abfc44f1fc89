import type { AudienceSource, Broadside, Member, SendingInput, Storage } from '../src/index.js'

export const SENDING: SendingInput = {
  channel: 'email',
  message: { headers: { subject: 'Hello' }, content: { 'text/html': '<p>There</p>' } },
}

/** Inline recipients with addresses of their own. */
export function recipients(count: number, from = 0): { email: string }[] {
  return Array.from({ length: count }, (_, i) => ({ email: `person${from + i}@example.com` }))
}

export function members(count: number, more: Partial<Member> = {}): Member[] {
  return Array.from({ length: count }, (_, i) => ({ id: i, email: `member${i}@example.com`, ...more }))
}

/** One with a champion: three of ten test a plain subject and a loud one. */
export const experiments = (champion: { readonly pickedBy: 'hand' | 'function'; readonly after?: string }) => [
  {
    name: 'subject',
    strategy: 'split-with-champion' as const,
    testShare: 0.3,
    variants: [{ name: 'plain' }, { name: 'loud', headers: { subject: 'LOUD' } }],
    champion,
  },
]

/** A source that has one list of members for every audience. */
export function sourceOf(list: readonly Member[]): AudienceSource & { readonly resolved: unknown[] } {
  const resolved: unknown[] = []
  return {
    resolved,
    resolve(audience) {
      resolved.push(audience)
      return list
    },
    member: (id) => list.find((member) => String(member.id) === id),
  }
}

/** The events of sendings, as `event status`. */
export function transitionsOf(broadside: Broadside): string[] {
  const told: string[] = []
  const names = [
    'created',
    'updated',
    'scheduled',
    'unscheduled',
    'pending',
    'preparing',
    'prepared',
    'transmitting',
    'transmitted',
    'skipped',
    'paused',
    'resumed',
    'cancelled',
    'failed',
    'retrying',
    'deleted',
  ] as const
  for (const name of names) broadside.on(`sending:${name}`, () => told.push(name))
  return told
}

/** A storage whose calls can be kept from coming through, as those of an engine that froze or died. */
export function stoppable(storage: Storage): { readonly storage: Storage; freeze(): void; thaw(): void } {
  let waiting: (() => void)[] | undefined
  const gate = (): Promise<void> | undefined =>
    waiting === undefined ? undefined : new Promise((resolve) => waiting?.push(resolve))
  const wrap = <Calls extends object>(calls: Calls): Calls =>
    new Proxy(calls, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (name === 'sendings') return wrap(member as object)
        if (typeof member !== 'function' || name === 'onWake')
          return typeof member === 'function' ? member.bind(target) : member
        return async (...args: unknown[]) => {
          await gate()
          const answer: unknown = await member.apply(target, args)
          await gate()
          return answer
        }
      },
    })
  return {
    storage: wrap(storage),
    freeze: () => {
      waiting ??= []
    },
    thaw: () => {
      const held = waiting ?? []
      waiting = undefined
      for (const go of held) go()
    },
  }
}

/** A storage that outlives its engines. */
export function withoutClose<Calls extends object>(storage: Calls): Calls {
  return new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name === 'close') return async () => undefined
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
