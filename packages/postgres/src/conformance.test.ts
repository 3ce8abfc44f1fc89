import { CONFORMANCE_CASES, runConformance } from '@broadside/storage-testkit'
import { afterAll, describe, test } from 'vitest'
import { TestDatabase } from '../test/database.js'

const database = await TestDatabase.start()
afterAll(() => database.stop(), 120_000)

const describeOn = (name: string) => (group: string, register: () => void) => describe(`${name}: ${group}`, register)

await runConformance({ test, describe: describeOn('a connection string'), harness: database.onUrl })

/** What is counted and interrupted on its way is the same statements. */
const tapped = CONFORMANCE_CASES.filter(({ name }) => /^(work|interrupted)\//.test(name))
/** Large jobs take their time: see `CONFORMANCE_WORK` in the kit. */
const timeoutMs = process.env.CONFORMANCE_WORK === 'full' ? 1_800_000 : undefined
await runConformance({ test, describe: describeOn('a pool'), harness: database.onPool(), cases: tapped, timeoutMs })

/** What may differ with the host's one connection: the calls are the same, the way their transactions begin is not. */
const cases = CONFORMANCE_CASES.filter(({ name }) => /^(lifecycle|ingest|settle|once|durable|shared|wake)\//.test(name))
await runConformance({ test, describe: describeOn('a client'), harness: database.onClient, cases })
