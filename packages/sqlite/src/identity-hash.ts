import { hash } from 'node:crypto'

/** The number under which an identity is indexed; where two identities share one, their texts are compared. */
export type IdentityHash = (identity: string) => number

/** 48 bits: six bytes in SQLite, and exact in JavaScript. Nobody can make many identities meet on purpose, which would slow ingest. */
export const identityHash: IdentityHash = (identity) => Number.parseInt(hash('sha1', identity, 'hex').slice(0, 12), 16)
