import { ClassicLevel } from 'classic-level'

export interface Between {
  readonly gte?: string
  readonly lt?: string
  readonly lte?: string
  readonly limit?: number
  readonly reverse?: boolean
}

export type Write =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string }

/** What the adapter has of its store: a few of LevelDB's calls. Where something has to come between the two, as in tests, it does so here. */
export interface LevelDatabase {
  open(): Promise<void>
  close(): Promise<void>
  /** `undefined` for a key that is not there. */
  getMany(keys: readonly string[]): Promise<readonly (string | undefined)[]>
  entries(between: Between): Promise<readonly (readonly [key: string, value: string])[]>
  keys(between: Between): Promise<readonly string[]>
  /** All writes or none, on disk before it resolves. */
  write(writes: readonly Write[]): Promise<void>
}

/** An iterator fetches this much at a time: the default of 16 kB is a round trip for every few dozen items. */
const READ_AHEAD = { highWaterMarkBytes: 1024 * 1024 }

export function levelDatabase(path: string): LevelDatabase {
  const db = new ClassicLevel(path)
  return {
    open: () => db.open(),
    close: () => db.close(),
    getMany: (keys) => db.getMany([...keys]),
    entries: (between) => db.iterator({ ...between, ...READ_AHEAD }).all(),
    keys: (between) => db.keys({ ...between, ...READ_AHEAD }).all(),
    write: (writes) => chained(db, writes).write({ sync: true }),
  }
}

/** A batch of an array holds the event loop ten times as long. */
function chained(db: ClassicLevel, writes: readonly Write[]) {
  const batch = db.batch()
  for (const write of writes) {
    if (write.type === 'put') batch.put(write.key, write.value)
    else batch.del(write.key)
  }
  return batch
}
