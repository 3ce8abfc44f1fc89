import { nextTurn } from '../domain/turn.js'
import { BroadsideError } from '../model/error.js'
import type { Claimable, ClaimableList } from '../storage/lease.js'
import { JobsInHand, type JobsInHandPorts } from './jobs-in-hand.js'
import { LeaseRun, type LeaseRunPorts } from './lease-run.js'
import type { Reaper } from './reaper.js'
import type { StopReason } from './stop-reason.js'

export interface DispatcherPorts extends LeaseRunPorts, JobsInHandPorts {
  readonly reaper: Reaper
  readonly token: () => string
  /** Items under lease at once, over all jobs. */
  readonly maxInFlight: number
  /** Looks at least this often, for storages that other processes share; `undefined`: only when woken or due. */
  readonly pollMs: number | undefined
  readonly beforePass: () => Promise<void>
}

/** Leases of one job at once: one being sent, one ready behind it. */
const LEASES_PER_JOB = 2
const LEASES_AT_ONCE = 32
const LISTED_AT_ONCE = 100

/** Keeps the window full: claims leases by priority and turn, runs them, and sleeps until there is something to do. */
export class Dispatcher {
  readonly #ports: DispatcherPorts
  readonly #channels: readonly string[]
  readonly #runs = new Set<LeaseRun>()
  readonly #running = new Set<Promise<void>>()
  readonly #jobs: JobsInHand
  #turns = 0
  #isStopped = false
  #isWoken = false
  #passing: Promise<void> | undefined
  #cancelTimer: (() => void) | undefined
  #fault: unknown

  constructor(ports: DispatcherPorts) {
    this.#ports = ports
    this.#channels = ports.providers.channels
    this.#jobs = new JobsInHand(ports)
  }

  /** Something may have become claimable. */
  wake(): void {
    if (this.#isStopped) return
    this.#isWoken = true
    this.#passing ??= this.#pass().finally(() => {
      this.#passing = undefined
      if (this.#isWoken) this.wake()
    })
  }

  /** Tells the runs of a job at once what they would hear with their next write. */
  halt(jobId: string, reason: StopReason): void {
    for (const run of this.#runs) if (run.jobId === jobId) run.stop(reason)
  }

  /**
   * Claims nothing more, lets what is in flight finish for up to `limitMs`, and gives the rest back.
   *
   * @throws BroadsideError `CLOSE_INCOMPLETE` when outcomes could not be stored.
   */
  async stop(limitMs: number): Promise<void> {
    this.#isStopped = true
    this.#isWoken = false
    this.#cancelTimer?.()
    await this.#passing
    for (const run of this.#runs) run.stop('shutdown')
    const cancel = this.#ports.clock.setTimer(limitMs, () => this.#hurry())
    while (this.#running.size > 0) await Promise.all(this.#running)
    cancel()
    if (this.#fault === undefined) return
    throw new BroadsideError(
      'CLOSE_INCOMPLETE',
      'Some outcomes could not be stored before closing. Their leases run out by themselves, and their items are then treated as after a crash.',
      { cause: this.#fault },
    )
  }

  /** What has not answered by now is of unknown outcome; what can't be stored by now is left to its lease's end. */
  #hurry(): void {
    this.#ports.watch.giveUpAll()
    for (const run of this.#runs) run.abandon()
    this.#ports.health.hurry()
  }

  async #pass(): Promise<void> {
    this.#isWoken = false
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    try {
      await this.#ports.beforePass()
      await this.#ports.reaper.reapIfDue()
      const nextAt = await this.#fill()
      this.#sleepUntil(nextAt)
    } catch (error) {
      if (!this.#isStopped) this.#arm(this.#ports.health.failed(error))
    }
  }

  /** Claims until the window is full or nothing is left; resolves with when to look again. */
  async #fill(): Promise<number | undefined> {
    for (;;) {
      if (this.#isStopped || this.#ports.health.isStuck || !this.#hasRoom) return undefined
      const list = await this.#list()
      const ready = list.ready.filter((candidate) => this.#isOpen(candidate))
      const turn = nextTurn(ready, (jobId) => this.#jobs.known(jobId)?.servedAt ?? 0)
      if (turn === undefined) return earliest([list.nextAt, this.#unblockedAt(list)])
      await this.#serve(turn)
      if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
    }
  }

  async #list(): Promise<ClaimableList> {
    const now = this.#ports.clock.now()
    const list = await this.#ports.storage.listClaimable({ now, channels: this.#channels, limit: LISTED_AT_ONCE })
    this.#ports.reaper.expectAt(list.nextAt)
    this.#ports.health.succeeded()
    return list
  }

  get #hasRoom(): boolean {
    let items = 0
    for (const run of this.#runs) items += run.size
    return this.#runs.size < LEASES_AT_ONCE && items < this.#ports.maxInFlight
  }

  /** Whether another lease of the job makes sense now. */
  #isOpen({ jobId }: Claimable): boolean {
    let leases = 0
    for (const run of this.#runs) if (run.jobId === jobId) leases += 1
    return leases < LEASES_PER_JOB && this.#blockedUntil(jobId) === undefined
  }

  /** When the first carrier of a job is asked again, if all of them are blocked. */
  #blockedUntil(jobId: string): number | undefined {
    const gates = (this.#jobs.known(jobId)?.message.carriers ?? []).map((carrier) => this.#ports.gateOf(carrier.name))
    if (gates.length === 0 || gates.some((gate) => !gate.isBlocked)) return undefined
    return Math.min(...gates.map((gate) => gate.blockedUntil))
  }

  #unblockedAt(list: ClaimableList): number | undefined {
    return earliest(list.ready.map(({ jobId }) => this.#blockedUntil(jobId)))
  }

  async #serve(turn: Claimable): Promise<void> {
    const state = await this.#jobs.take(turn.jobId, this.#busyJobs)
    if (state === undefined) return
    state.servedAt = ++this.#turns
    const { clock, storage, leaseMs } = this.#ports
    const now = clock.now()
    const leaseUntil = now + leaseMs
    const { jobId, source, wave } = turn
    const limit = state.pace.claimSize
    // Retries may hold the item that killed a process: those are marked one by one.
    const start = source === 'retries' ? 0 : Math.min(state.pace.startAhead, limit)
    const claim = await storage.claim({
      jobId,
      source,
      wave,
      limit,
      start,
      token: this.#ports.token(),
      now,
      leaseUntil,
    })
    if (claim === undefined) return
    const { message, pace, rate } = state
    this.#start(new LeaseRun({ claim, leaseUntil, message, pace, rate }, this.#ports))
  }

  #start(run: LeaseRun): void {
    this.#runs.add(run)
    const running = run
      .run()
      .catch((error: unknown) => {
        this.#fault ??= error
      })
      .finally(() => {
        this.#runs.delete(run)
        this.#running.delete(running)
        this.wake()
      })
    this.#running.add(running)
  }

  get #busyJobs(): ReadonlySet<string> {
    return new Set([...this.#runs].map((run) => run.jobId))
  }

  #sleepUntil(nextAt: number | undefined): void {
    const { clock, pollMs } = this.#ports
    const now = clock.now()
    const at = earliest([nextAt, pollMs === undefined ? undefined : now + pollMs])
    if (at !== undefined && !this.#isStopped) this.#arm(at - now)
  }

  #arm(delayMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#ports.clock.setTimer(Math.max(delayMs, 0), () => this.wake())
  }
}

function earliest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
