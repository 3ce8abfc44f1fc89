/** Someone to send to, as a host hands them to `job.ingest`: about 200 bytes as JSON. */
export interface Person {
  readonly to: { readonly email: string }
  readonly data: { readonly name: string; readonly note: string }
}

export interface PeopleParams {
  readonly count: number
  /** The same seed gives the same people. */
  readonly seed: number
}

const NOTE =
  'Thank you for having been with us for so long; what follows was chosen for you, and is yours until Friday.'

/** People with identities in no order, as those of a real list are: an index over them is hit all over. */
export function* people({ count, seed }: PeopleParams): Generator<Person, void, undefined> {
  const random = randomWords(seed)
  for (let index = 0; index < count; index += 1) {
    const id = `${hex(random())}${hex(random())}`
    yield { to: { email: `${id}@example.com` }, data: { name: `Person ${id.slice(0, 6)}`, note: NOTE } }
  }
}

/** Cuts a list that is too long to be held into arrays. */
export function* batchesOf<Entry>(entries: Iterable<Entry>, size: number): Generator<Entry[], void, undefined> {
  let batch: Entry[] = []
  for (const entry of entries) {
    batch.push(entry)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Mulberry32: 32 random bits a call. */
function randomWords(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return (word ^ (word >>> 14)) >>> 0
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
