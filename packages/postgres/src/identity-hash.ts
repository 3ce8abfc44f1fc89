import { digest } from './digest.js'

/** The number under which an identity is indexed, within 64 bits; where two identities share one, their texts are compared. */
export type IdentityHash = (identity: string) => bigint

/** Nobody can make many identities meet on purpose, which would slow ingest. */
export const identityHash: IdentityHash = (identity) => digest(identity).readBigInt64BE()
