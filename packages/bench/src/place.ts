/** Where a system keeps its data. */
export type Place =
  | { readonly kind: 'memory' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }

export type PlaceKind = Place['kind']

export function fileOf(place: Place): string {
  if (place.kind === 'file') return place.file
  throw new Error(`a file is needed, not ${place.kind}`)
}

export function urlOf(place: Place): string {
  if (place.kind === 'postgres' || place.kind === 'redis') return place.url
  throw new Error(`a server is needed, not ${place.kind}`)
}
