import type { Place } from '../place.js'

/** Makes places for systems of one kind to keep their data in. */
export interface PlaceKeeper {
  make(name: string): Promise<Place>
  /** Another place with the same data, which no process has open meanwhile; `undefined` where that can't be. */
  copy(place: Place): Promise<Place | undefined>
  drop(place: Place): Promise<void>
  /** Lets what was written before come to rest, so that it does not burden who comes next. */
  settle(): Promise<void>
}

/** Data ends with its process. */
export const MEMORY_KEEPER: PlaceKeeper = {
  make: async () => ({ kind: 'memory' }),
  copy: async () => undefined,
  drop: async () => {},
  settle: async () => {},
}
