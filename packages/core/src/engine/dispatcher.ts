import { nextTurn } from '../domain/turn.js'
import { BroadsideError } from '../model/error.js'
import type { Claimable, ClaimableList } from '../storage/lease.js'
import { alarmAt, earliest } from './alarm.js'
import type { JobMessage } from './job-message.js'
import { JobsInHand, type JobsInHandPorts } from './jobs-in-hand.js'
import { LeaseRun, type LeaseRunPorts } from './lease-run.js'
import type { Reaper } from './reaper.js'
import type { SendingKeeper } from './sending-keeper.js'
import type { StopReason } from './stop-reason.js'

export interface DispatcherPorts extends LeaseRunPorts, JobsInHandPorts {
  readonly reaper: Reaper
  /** Absent where the storage keeps no sendings. */
  readonly keeper?: SendingKeeper | undefined
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
const LISTED_AT_ONCE = 200

/** Keeps the window full: claims leases by priority and turn, runs them, and sleeps until there is something to do. */
export class Dispatcher {
  readonly #ports: DispatcherPorts
  readonly #channels: readonly string[]
  readonly #runs = new Set<LeaseRun>()
  readonly #running = new Set<Promise<void>>()
  readonly #jobs: JobsInHand
  #turns = 0
  #claiming: { readonly jobId: string; halted: StopReason | undefined } | undefined
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

  /** Tells the runs of a job at once what they would hear with their next write; also the one whose claim is still under way. */
  halt(jobId: string, reason: StopReason): void {
    for (const run of this.#runs) if (run.jobId === jobId) run.stop(reason)
    if (this.#claiming?.jobId === jobId) this.#claiming.halted = reason
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
    for (const run of this.#runs) run.stop('shutdown')
    let cancel = (): void => undefined
    const limit = new Promise<void>((resolve) => {
      cancel = this.#ports.clock.setTimer(limitMs, () => {
        this.#hurry()
        resolve()
      })
    })
    // A storage that never answers does not keep the host from ending.
    await Promise.race([Promise.all([this.#passing, this.#ports.keeper?.stop()]), limit])
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
      // Our own leases first: after the host slept they look like those of an engine that died.
      await Promise.all([...this.#runs].map((run) => run.keep()))
      const now = this.#ports.clock.now()
      await this.#ports.reaper.reapIfDue(now)
      const sendingsAt = await this.#ports.keeper?.look()
      this.#sleepUntil(earliest([await this.#fill(now), sendingsAt]))
    } catch (error) {
      if (!this.#isStopped) this.#arm(this.#ports.health.failed(error))
    }
  }

  /** Claims until the window is full or nothing is left; resolves with when to look again. */
  async #fill(since: number): Promise<number | undefined> {
    for (let now = since; this.#mayClaim; now = this.#ports.clock.now()) {
      const list = await this.#list(now, this.#channels)
      const isCut = list.ready.length === LISTED_AT_ONCE
      const served = await this.#serveAll(list.ready)
      if (served > 0) continue
      // Jobs that wait for a provider may fill the list: look past them.
      const others = isCut ? await this.#list(now, this.#openChannels) : list
      if (others !== list && (await this.#serveAll(others.ready)) > 0) continue
      return earliest([list.nextAt, this.#ports.reaper.dueAt, this.#unblockedAt(list)])
    }
    return undefined
  }

  /** Serves the jobs of a list in turn, until none of them has more to claim; resolves with how many leases came of it. */
  async #serveAll(ready: readonly Claimable[]): Promise<number> {
    let left = ready
    let served = 0
    while (this.#mayClaim) {
      left = left.filter((candidate) => this.#isOpen(candidate))
      const turn = nextTurn(left, (jobId) => this.#jobs.known(jobId)?.servedAt ?? 0)
      if (turn === undefined) break
      if (await this.#serve(turn)) served += 1
      else left = left.filter((candidate) => candidate !== turn)
      if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
    }
    return served
  }

  get #mayClaim(): boolean {
    return !this.#isStopped && !this.#ports.health.isStuck && this.#room > 0
  }

  get #openChannels(): string[] {
    const { providers, gateOf } = this.#ports
    return this.#channels.filter((channel) =>
      providers.all.some((provider) => provider.channel === channel && !gateOf(provider.name).isBlocked),
    )
  }

  async #list(now: number, channels: readonly string[]): Promise<ClaimableList> {
    const list = await this.#ports.storage.listClaimable({ now, channels, limit: LISTED_AT_ONCE })
    this.#ports.reaper.expectAt(now, list.nextAt)
    this.#ports.health.succeeded()
    return list
  }

  /** How many more items may be under lease. */
  get #room(): number {
    if (this.#runs.size >= LEASES_AT_ONCE) return 0
    let items = 0
    for (const run of this.#runs) items += run.size
    return Math.max(0, this.#ports.maxInFlight - items)
  }

  /** Whether another lease of the job makes sense now. */
  #isOpen({ jobId }: Claimable): boolean {
    let leases = 0
    for (const run of this.#runs) if (run.jobId === jobId) leases += 1
    return leases < LEASES_PER_JOB && !this.#jobs.isUnfit(jobId) && this.#blockedUntil(jobId) === undefined
  }

  /** When a job can be sent again, if all its carriers take nothing at present, or its rate or theirs leaves no permit now. */
  #blockedUntil(jobId: string): number | undefined {
    const job = this.#jobs.known(jobId)
    if (job === undefined) return undefined
    const { clock } = this.#ports
    const waits = job.message.carriers.map((carrier) => this.#ports.gateOf(carrier.name).freeInMs)
    const rateMs = job.rate === undefined ? 0 : job.rate.freeAt() - clock.elapsed()
    const waitMs = Math.max(rateMs, waits.length === 0 ? 0 : Math.min(...waits))
    // Instants are coarser than time for measuring: what is left of a wait must not round to nothing.
    return waitMs > 0 ? clock.now() + Math.ceil(waitMs) : undefined
  }

  #unblockedAt(list: ClaimableList): number | undefined {
    return earliest(list.ready.map(({ jobId }) => this.#blockedUntil(jobId)))
  }

  /** False when nothing came of it. */
  async #serve({ jobId, source, wave }: Claimable): Promise<boolean> {
    const job = await this.#jobs.take(jobId, this.#busyJobs)
    if (job === undefined) return false
    job.servedAt = ++this.#turns
    const { message, pace, rate } = job
    const { clock, storage, leaseMs } = this.#ports
    const now = clock.now()
    const leaseUntil = now + leaseMs
    const limit = Math.min(pace.claimSize, this.#room)
    // Retries may hold the item that killed a process: those are marked one by one. Of several providers, each has its own pace.
    const start =
      source === 'retries' || message.carriers.length > 1 || message.job.definition.onUncertain === 'hold'
        ? 0
        : Math.min(pace.startAhead, limit)
    const claiming = { jobId, halted: undefined as StopReason | undefined }
    this.#claiming = claiming
    try {
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
      if (claim === undefined) return false
      // What can't be known now is given back: it is claimed again when it can.
      const latest = await this.#latest(jobId, message).catch(() => undefined)
      const run = new LeaseRun({ claim, leaseUntil, message: latest ?? message, pace, rate }, this.#ports)
      const reason = claiming.halted ?? (this.#isStopped || latest === undefined ? 'shutdown' : undefined)
      if (reason !== undefined) run.stop(reason)
      this.#start(run)
      return true
    } finally {
      this.#claiming = undefined
    }
  }

  /** What waited for a champion may have been let go, sent and come back between reading the job and claiming from it: read again, it is known. */
  async #latest(jobId: string, message: JobMessage): Promise<JobMessage | undefined> {
    return message.awaitsChampion ? (await this.#jobs.take(jobId, this.#busyJobs))?.message : message
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
    if (at === undefined || this.#isStopped) return
    this.#cancelTimer?.()
    this.#cancelTimer = alarmAt(clock, at, () => this.wake())
  }

  #arm(delayMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#ports.clock.setTimer(Math.max(delayMs, 0), () => this.wake())
  }
}
