import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EvidenceLog } from './evidence-log.js'
import { parseProcessLog } from './process-log.js'

it('what a process wrote is read back, also when a SIGKILL cut it off at any place', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'broadside-chaos-log-'))
  const log = new EvidenceLog(join(directory, 'log.jsonl'))
  log.write({ type: 'boot', at: 1, pid: 7, channels: ['sms'] })
  const give = { op: 'give-back', jobId: 'job', token: 'a' } as const
  await log.record(
    give,
    async () => true,
    (held) => ({ op: 'give-back', held }),
  )
  const failing = log.record(
    { op: 'reap', expiredAt: 5 },
    () => Promise.reject(new Error('gone')),
    () => ({ op: 'reap', leases: [] }),
  )
  await expect(failing).rejects.toThrow('gone')
  void log.record(
    give,
    () => new Promise<boolean>(() => {}),
    (held) => ({ op: 'give-back', held }),
  )
  const text = readFileSync(join(directory, 'log.jsonl'), 'utf8')
  log.close()
  rmSync(directory, { recursive: true })

  const whole = parseProcessLog('worker-1', text)
  expect(whole).toMatchObject({ boot: 'worker-1', pid: 7, channels: ['sms'] })
  expect(whole.calls).toMatchObject([
    { ask: give, answer: { op: 'give-back', held: true } },
    { ask: { op: 'reap' }, endedAt: expect.any(Number), answer: undefined },
    { ask: give },
  ])
  expect(whole.calls[2]).not.toHaveProperty('endedAt')
  for (let length = 0; length < text.length; length++) {
    const { calls } = parseProcessLog('worker-1', text.slice(0, length))
    expect(calls.length).toBeLessThanOrEqual(3)
  }
})
