import type { InputIssue } from './error.js'

/** Why ingest turned an entry away. */
export type IngestCode = 'DUPLICATE_USER' | 'INVALID_USER' | 'INVALID_ADDRESS' | 'PAYLOAD_TOO_LARGE'

/** An entry that was not taken in; the others of the same call are. */
export interface IngestError {
  /** A sentence for people: `Duplicate user`, or what is wrong with which field. */
  readonly error: string
  readonly code: IngestCode
  /** The entry, as it was given. */
  readonly user: unknown
  /** Its place in the call, counted from 0. */
  readonly index: number
  readonly issues?: readonly InputIssue[] | undefined
}

/** What an ingest did. */
export interface IngestResult {
  /** How many users this call added. */
  readonly total: number
  /** Of an array: every entry turned away. Of a stream: the first thousand. */
  readonly errors: readonly IngestError[]
  /** All entries turned away by this call, counted by code. */
  readonly errorCounts: Readonly<Partial<Record<IngestCode, number>>>
}

/** How far an ingest has come; told after every batch. */
export interface IngestProgress {
  /** Entries read so far. */
  readonly read: number
  readonly added: number
  readonly errors: number
}
