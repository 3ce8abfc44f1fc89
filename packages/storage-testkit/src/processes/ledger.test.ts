import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { LedgerWriter, readLedger } from './ledger.js'

const directory = mkdtempSync(join(tmpdir(), 'broadside-ledger-'))
afterAll(() => rmSync(directory, { recursive: true }))

it('tells what was asked, when, and what was answered: of a worker that was killed, as far as it came', async () => {
  const path = join(directory, 'anna')
  const ledger = new LedgerWriter(path)
  const asked = { token: 'anna-1', leaseUntil: 7 }
  await ledger.keep('claim', asked, async () => ({ seqs: [1, 2] }))
  void ledger.keep('extend', asked, () => new Promise(() => {}))
  appendFileSync(path, '{"id":2,"at":99,"ans')
  ledger.close()
  const [claim, extend, ...more] = readLedger(path, 'anna')
  expect(claim).toMatchObject({ worker: 'anna', kind: 'claim', asked, answered: { answer: { seqs: [1, 2] } } })
  expect(claim?.answered?.at).toBeGreaterThanOrEqual(claim?.from ?? Infinity)
  expect(extend?.from).toBeGreaterThanOrEqual(claim?.answered?.at ?? Infinity)
  expect(extend).toEqual({ worker: 'anna', kind: 'extend', from: extend?.from, asked })
  expect(more).toEqual([])
})
