import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProcessLog } from '../evidence/process-log.js'
import { fateOf } from '../recipients.js'
import type { Evidence, StoredItem, StoredJob } from './evidence.js'
import { CLOCKS_MS } from './explain-delivery.js'
import type { Finding } from './finding.js'
import { verdictOf } from './verdict.js'
import { LEASE_MS, World } from './world.fixture.js'

/** The evidence with one fault put in, and what it was put into; `undefined` where there is nothing to put it into. */
type Fault = (evidence: Evidence) => Evidence | undefined

/** Every world in which the fault can be is found out, and for the right reason. */
function expectFound(kind: Finding['kind'], fault: Fault, text?: RegExp): void {
  let found = 0
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const spoilt = fault(new World(seed).evidence)
      if (spoilt === undefined) return
      found += 1
      const findings = verdictOf(spoilt).findings.filter((finding) => finding.kind === kind)
      expect(findings.map((finding) => finding.text).join('\n')).toMatch(text ?? /./)
    }),
    { numRuns: 100 },
  )
  expect(found).toBeGreaterThan(10)
}

const LATER = 10_000_000

/** A further process that claims one item much later and sends it. */
function sentAgain(
  evidence: Evidence,
  { job, item }: { readonly job: StoredJob; readonly item: StoredItem },
): Evidence {
  const { id: jobId } = job.info
  const { seq, messageId, recipient } = item
  const ask = { op: 'claim', jobId, token: 'late', leaseUntil: LATER + LEASE_MS } as const
  const answer = { op: 'claim', seqs: String(seq), startedThrough: seq } as const
  const calls = [{ askedAt: LATER, endedAt: LATER + 1, ask, answer }]
  const process: ProcessLog = { boot: 'late', pid: 2, channels: ['email'], calls }
  const handover = {
    boot: 'late',
    jobId,
    token: 'late',
    startedThrough: seq,
    isOver: false,
    at: LATER + 2,
    outcomes: ['taken'],
  } as const
  return {
    ...evidence,
    processes: [...evidence.processes, process],
    handovers: [...evidence.handovers, { ...handover, messages: [{ messageId, recipient }] }],
  }
}

function findItem(
  { jobs }: Evidence,
  isWanted: (item: StoredItem, job: StoredJob) => boolean,
): { readonly job: StoredJob; readonly item: StoredItem } | undefined {
  for (const job of jobs) {
    const item = job.items.find((one) => isWanted(one, job))
    if (item !== undefined) return { job, item }
  }
  return undefined
}

const withJob = (evidence: Evidence, job: StoredJob): Evidence => ({
  ...evidence,
  jobs: evidence.jobs.map((one) => (one.info.id === job.info.id ? job : one)),
})

const mapCalls = (evidence: Evidence, change: (call: ProcessLog['calls'][number]) => ProcessLog['calls'][number]) => ({
  ...evidence,
  processes: evidence.processes.map((process) => ({ ...process, calls: process.calls.map(change) })),
})

const hasDuplicate = (evidence: Evidence): boolean => verdictOf(evidence).duplicates > 0

describe('the verdict on a run without fault', () => {
  it('finds nothing, and counts what there was', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const world = new World(seed)
        const verdict = verdictOf(world.evidence)
        expect(verdict.findings).toEqual([])
        const wanted = world.plans[0]?.wanted
        expect(verdict).toMatchObject({ items: wanted, delivered: wanted, lost: 0, unexplainedDuplicates: 0 })
        expect(verdict.duplicates).toBe(world.duplicates.size)
      }),
      { numRuns: 200 },
    )
  })

  it('has seen every cause', () => {
    const causes = { killed: 0, frozen: 0, cut: 0, restarted: 0, 'held-up': 0 }
    for (let seed = 0; seed < 200; seed++) {
      const verdict = verdictOf(new World(seed).evidence)
      for (const cause of Object.keys(causes) as (keyof typeof causes)[]) causes[cause] += verdict.causes[cause]
    }
    expect(Math.min(...Object.values(causes))).toBeGreaterThan(0)
  })
})

describe('the verdict finds a lost item', () => {
  it('that storage takes for sent and nobody has received', () => {
    expectFound('lost', (evidence) => {
      const found = findItem(evidence, ({ status }) => status === 'enqueued')
      const isOf = ({ messages }: Evidence['handovers'][number]) => messages[0]?.messageId === found?.item.messageId
      return found && { ...evidence, handovers: evidence.handovers.filter((handover) => !isOf(handover)) }
    })
  })

  it('that is no item at all', () => {
    expectFound('lost', (evidence) => {
      const [job] = evidence.jobs
      return job && withJob(evidence, { ...job, items: job.items.slice(1) })
    })
  })

  it('of a job that storage does not know', () => {
    expectFound('lost', (evidence) => ({ ...evidence, jobs: evidence.jobs.slice(1) }))
  })

  it('that nobody ever got to', () => {
    expectFound('lost', (evidence) => {
      const found = findItem(
        evidence,
        ({ status, recipient }) => status === 'enqueued' && fateOf(recipient) !== 'refused',
      )
      if (found === undefined) return undefined
      const { job, item } = found
      const items = job.items.map((one) => (one === item ? { ...item, status: 'pending' as const } : one))
      const handovers = evidence.handovers.filter(({ messages }) => messages[0]?.messageId !== item.messageId)
      return { ...withJob(evidence, { ...job, items }), handovers }
    })
  })
})

describe('the verdict finds a duplicate that nothing explains', () => {
  it('when no harm was done', () => {
    expectFound('unexplained', (evidence) => (hasDuplicate(evidence) ? { ...evidence, interruptions: [] } : undefined))
  })

  it('when harm was done to others only', () => {
    expectFound('unexplained', (evidence) => {
      const interruptions = evidence.interruptions.map((one) =>
        'boot' in one
          ? { ...one, boot: 'somebody', at: one.at - LATER, until: one.at - LATER }
          : { ...one, at: 0, until: 0 },
      )
      return hasDuplicate(evidence) ? { ...evidence, interruptions } : undefined
    })
  })

  it('when harm was done only after the item had been claimed anew', () => {
    expectFound('unexplained', (evidence) => {
      const interruptions = evidence.interruptions.map((one) => ({ ...one, at: LATER, until: LATER + 1 }))
      return hasDuplicate(evidence) ? { ...evidence, interruptions } : undefined
    })
  })

  it('when it was sent twice under one lease', () => {
    const fault: Fault = (evidence) => {
      const twice = evidence.handovers.find(({ outcomes }) => outcomes[0] === 'taken')
      return twice && { ...evidence, handovers: [...evidence.handovers, { ...twice, at: LATER }] }
    }
    expectFound('unexplained', fault, /twice under one lease/)
  })

  it('when its settling had been acknowledged, whatever was done later', () => {
    const fault: Fault = (evidence) => {
      const found = findItem(evidence, ({ status }, { info }) => status === 'enqueued' && info.name === 'letters')
      const boots = evidence.processes.map(({ boot }) => boot)
      const kills = boots.map((boot) => ({ type: 'kill', boot, at: LATER - 1 }) as const)
      return found && { ...sentAgain(evidence, found), interruptions: [...evidence.interruptions, ...kills] }
    }
    expectFound('unexplained', fault, /acknowledged as enqueued/)
  })

  it('when it had gone out beyond startedThrough', () => {
    const fault: Fault = (evidence) => {
      if (!hasDuplicate(evidence)) return undefined
      return mapCalls(evidence, (call) =>
        call.answer?.op === 'extend' ? { ...call, answer: { ...call.answer, startedThrough: -1 } } : call,
      )
    }
    expectFound('unexplained', fault, /beyond startedThrough/)
  })

  it('when its lease is on no record', () => {
    const fault: Fault = (evidence) => {
      if (!hasDuplicate(evidence)) return undefined
      return { ...evidence, processes: evidence.processes.map((process) => ({ ...process, calls: [] })) }
    }
    expectFound('unexplained', fault, /nobody knows to have had/)
  })

  it('when it is of a job that holds what is in doubt, though its process was killed', () => {
    const fault: Fault = (evidence) => {
      const found = findItem(evidence, (item, { info }) => info.name === 'held' && item.status === 'uncertain')
      const first = evidence.handovers.find(({ messages }) => messages[0]?.messageId === found?.item.messageId)
      return found && first?.outcomes[0] === 'taken' ? sentAgain(evidence, found) : undefined
    }
    expectFound('unexplained', fault, /holds what is in doubt/)
  })
})

describe('the verdict finds a wrong counter', () => {
  const bump = (evidence: Evidence, change: (job: StoredJob) => StoredJob): Evidence | undefined => {
    const [job] = evidence.jobs
    return job && withJob(evidence, change(job))
  }

  it.each(['received', 'pending', 'enqueued', 'error', 'skipped', 'cancelled', 'expired', 'uncertain'] as const)(
    '%s',
    (name) => {
      for (const by of [1, -1]) {
        expectFound('counter', (evidence) =>
          bump(evidence, (job) => {
            const counters = { ...job.info.counters, [name]: job.info.counters[name] + by }
            return { ...job, info: { ...job.info, counters } }
          }),
        )
      }
    },
  )

  it('in flight, status, codes and duplicate users', () => {
    const changes: readonly ((job: StoredJob) => StoredJob)[] = [
      (job) => ({ ...job, info: { ...job.info, inFlight: 1 } }),
      (job) => ({ ...job, info: { ...job.info, status: 'processing' } }),
      (job) => ({ ...job, codes: { ...job.codes, REFUSED: (job.codes.REFUSED ?? 0) + 1 } }),
      (job) => ({ ...job, info: { ...job.info, ingestErrors: { DUPLICATE_USER: 77 } } }),
    ]
    for (const change of changes) expectFound('counter', (evidence) => bump(evidence, change))
  })

  it('where one recipient is two items', () => {
    expectFound('counter', (evidence) =>
      bump(evidence, (job) => ({ ...job, items: [...job.items, ...job.items.slice(0, 1)] })),
    )
  })

  it('where the counters and the pages agree, and the ledger does not', () => {
    expectFound('counter', (evidence) => {
      const found = findItem(evidence, ({ status }, { info }) => status === 'enqueued' && info.name === 'letters')
      if (found === undefined) return undefined
      const { job, item } = found
      const items = job.items.map((one) => (one === item ? { ...item, status: 'skipped' as const } : one))
      const { counters } = job.info
      const moved = { ...counters, enqueued: counters.enqueued - 1, skipped: counters.skipped + 1 }
      return withJob(evidence, { ...job, items, info: { ...job.info, counters: moved } })
    })
  })
})

describe('the verdict finds a broken promise', () => {
  const addCalls = (evidence: Evidence, calls: ProcessLog['calls']): Evidence => ({
    ...evidence,
    processes: [...evidence.processes, { boot: 'further', pid: 3, channels: [], calls }],
  })
  const firstLease = (evidence: Evidence) => evidence.processes[0]?.calls[0]

  it('a message handed over before storage knew that it had started', () => {
    const fault: Fault = (evidence) => {
      const [first, ...rest] = evidence.handovers
      return first && { ...evidence, handovers: [{ ...first, startedThrough: -1 }, ...rest] }
    }
    expectFound('promise', fault, /started through -1/)
  })

  it('a message handed over by one who knew that the lease was over', () => {
    const fault: Fault = (evidence) => {
      const [first, ...rest] = evidence.handovers
      return first && { ...evidence, handovers: [{ ...first, isOver: true }, ...rest] }
    }
    expectFound('promise', fault, /knew that to be over/)
  })

  it('a message that is no item', () => {
    const fault: Fault = (evidence) => {
      const [first] = evidence.handovers
      if (first === undefined) return undefined
      const messages = [{ messageId: 'stranger', recipient: 'taken-1' }]
      return { ...evidence, handovers: [...evidence.handovers, { ...first, messages, outcomes: ['taken'] }] }
    }
    expectFound('promise', fault, /is no item/)
  })

  it('a job that is there twice', () => {
    expectFound(
      'promise',
      (evidence) => ({ ...evidence, jobs: [...evidence.jobs, ...evidence.jobs.slice(0, 1)] }),
      /^2 jobs/,
    )
  })

  it('a claim by an engine without the channel', () => {
    const fault: Fault = (evidence) => ({
      ...evidence,
      processes: evidence.processes.map((process) => ({ ...process, channels: ['sms'] })),
    })
    expectFound('promise', fault, /without carrying email/)
  })

  it.each([
    ['by what its reaper said', { expiredAt: -1, endedAt: LATER }],
    ['by the clock, whatever its reaper said', { expiredAt: LATER, endedAt: -CLOCKS_MS - 1 }],
  ])('a lease that was ended before its time, %s', (_, early) => {
    const fault: Fault = (evidence) => {
      const ask = firstLease(evidence)?.ask
      if (ask?.op !== 'claim') return undefined
      const { jobId, token, leaseUntil } = ask
      const leases = [{ jobId, token, started: 0, unstarted: 1, completed: false }]
      const reap = { op: 'reap', expiredAt: leaseUntil + early.expiredAt } as const
      const endedAt = leaseUntil + early.endedAt
      return addCalls(evidence, [{ askedAt: 1, endedAt, ask: reap, answer: { op: 'reap', leases } }])
    }
    expectFound('promise', fault, /1 ms before its time/)
  })

  it('an end that was told twice', () => {
    const fault: Fault = (evidence) => {
      const [job] = evidence.jobs
      if (job === undefined) return undefined
      const ask = { op: 'settle', jobId: job.info.id, token: 'any', seqs: '' } as const
      const answer = { op: 'settle', held: false, completed: true, outcomes: [] } as const
      const call = { askedAt: 1, endedAt: 2, ask, answer }
      return addCalls(evidence, [call, call])
    }
    expectFound('promise', fault, /completed 2 times/)
  })

  it('a claim while the job was paused', () => {
    const fault: Fault = (evidence) => {
      const claim = firstLease(evidence)
      if (claim?.ask.op !== 'claim') return undefined
      const { jobId } = claim.ask
      const answer = { op: 'transition', applied: true, completed: false } as const
      const pause = { op: 'transition', jobId, from: 'processing', to: 'paused' } as const
      const resume = { op: 'transition', jobId, from: 'paused', to: 'processing' } as const
      return addCalls(evidence, [
        { askedAt: claim.askedAt - 20, endedAt: claim.askedAt - 10, ask: pause, answer },
        { askedAt: LATER, endedAt: LATER + 1, ask: resume, answer },
      ])
    }
    expectFound('promise', fault, /while it was paused/)
  })
})
