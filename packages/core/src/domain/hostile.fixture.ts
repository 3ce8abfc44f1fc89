import fc from 'fast-check'

// What a host's data, a provider or a stranger may hand over, by malice or by mistake.

/** Names that mean something to the language. */
export const HOSTILE_KEYS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'toJSON',
  '',
  '0',
  '\0',
  '\ud800',
  'a.b',
]

const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\u200b',
  '\u202egnirts',
  '\ufeff',
  '\u2028',
  '\u0085',
  'е́'.repeat(300),
  'x'.repeat(10_000),
  '{{ data }}',
  '%00%zz',
  'NaN',
]

/** Any text: ill-formed, invisible, very long. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '\0', '\u0301', '\u200d', 'a') }) },
)

/** A key of data: often one that means something to the language. */
export const anyKey = fc.oneof(fc.constantFrom(...HOSTILE_KEYS), fc.string({ maxLength: 3 }))

/** Named values whose names are {@link anyKey}, all of them its own. */
export function bagOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc.array(fc.tuple(anyKey, value), { maxLength: 8 }).map((entries) => Object.fromEntries(entries))
}

/** Things that break whoever looks at them, each new for its use. */
export const TRAPS: readonly (readonly [name: string, make: () => unknown])[] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a symbol', () => Symbol('x')],
  ['a bigint', () => 2n ** 70n],
  ['NaN', () => Number.NaN],
  ['a function', () => () => 'x'],
  ['a list with holes', () => new Array(3)],
  ['a cycle', () => cycle()],
  ['a bigint inside', () => ({ data: { id: 1n } })],
  ['an object without a prototype', () => Object.create(null)],
  ['a getter that throws', () => throwingGetters(['type', 'code', 'reason', 'message', 'name', 'data', 'to'])],
  ['toJSON that throws', () => ({ toJSON: boom })],
  ['toJSON that is a text', () => ({ toJSON: () => '{"a":1}' })],
  ['toJSON that is nothing', () => ({ toJSON: () => undefined })],
  ['toString that throws', () => ({ toString: boom })],
  ['a proxy whose every trap throws', () => new Proxy({}, throwingTraps)],
  ['a list whose every trap throws', () => new Proxy([], throwingTraps)],
  ['a revoked proxy', () => revoked({})],
  ['a revoked list', () => revoked([])],
  ['an error without a message', () => Object.assign(new Error(''), { message: undefined })],
  ['an error whose message throws', () => Object.defineProperty(new Error('x'), 'message', { get: boom })],
  ['an error that says a million characters', () => new Error('\0é'.repeat(500_000))],
  ['a nest of a hundred thousand lists', () => nest(100_000)],
]

/** Any value that can be looked at; for others there are {@link TRAPS}. */
export const anyValue: fc.Arbitrary<unknown> = fc.anything({
  key: anyKey,
  stringUnit: 'binary',
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
})

function boom(): never {
  throw new Error('boom')
}

const throwingTraps: ProxyHandler<object> = { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom }

function throwingGetters(names: readonly string[]): object {
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { enumerable: true, get: boom } as PropertyDescriptor])),
  )
}

function cycle(): object {
  const self: Record<string, unknown> = { recipient: 'a' }
  self.data = { self }
  return self
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function nest(depth: number): unknown {
  let inner: unknown = []
  for (let i = 0; i < depth; i++) inner = [inner]
  return { data: { inner } }
}
