import { join } from 'node:path'
import type { DatabaseUnderTest } from './database-under-test.js'

/** A file, in a directory that somebody else removes. */
export function sqliteFile(directory: string): DatabaseUnderTest {
  return { location: { kind: 'sqlite', file: join(directory, 'chaos.db') }, stop: async () => {} }
}
