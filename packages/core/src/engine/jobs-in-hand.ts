import type { LinkRewriter } from '../audience/link-rewriter.js'
import { type BroadsideError, isBroadsideError } from '../model/error.js'
import type { Renderer } from '../render/renderer.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import { refuseUnfit } from './job-fitness.js'
import { JobMessage } from './job-message.js'
import { JobPace } from './job-pace.js'
import type { ProviderGate } from './provider-gate.js'
import type { ProviderRegistry } from './provider-registry.js'
import { RateGate } from './rate-gate.js'

export interface JobsInHandPorts {
  readonly storage: Storage
  readonly renderer: Renderer | undefined
  readonly rewriteLinks?: LinkRewriter | undefined
  readonly providers: ProviderRegistry
  readonly gateOf: (name: string) => ProviderGate
  readonly maxClaim: number
  /** This engine lacks something that the job needs; it is left to others. */
  readonly onUnfit: (report: { readonly jobId: string; readonly error: BroadsideError }) => void
  /** A job's message does not compile any more. */
  readonly onImpossible: (job: JobRecord, error: unknown) => Promise<void>
}

/** What dispatch keeps about a job while it is being sent. */
export interface JobInHand {
  readonly message: JobMessage
  readonly pace: JobPace
  readonly rate: RateGate | undefined
  /** The turn in which it was last served. */
  servedAt: number
}

const KEPT = 500

/** The jobs that are being sent, each compiled once. Those that were are forgotten in time. */
export class JobsInHand {
  readonly #ports: JobsInHandPorts
  readonly #jobs = new Map<string, JobInHand>()
  readonly #unfit = new Set<string>()

  constructor(ports: JobsInHandPorts) {
    this.#ports = ports
  }

  known(jobId: string): JobInHand | undefined {
    return this.#jobs.get(jobId)
  }

  /** True for a job that this engine was found to be unable to send. */
  isUnfit(jobId: string): boolean {
    return this.#unfit.has(jobId)
  }

  /** The job, compiled if it was not yet; `undefined` when it is gone or has turned out impossible. `busy` jobs are not forgotten. */
  async take(jobId: string, busy: ReadonlySet<string>): Promise<JobInHand | undefined> {
    const known = this.#jobs.get(jobId)
    if (known !== undefined && !known.message.awaitsChampion) return known
    const job = await this.#ports.storage.getJob(jobId)
    if (known !== undefined) return job && this.#withChampions(known, job)
    const message = job && this.#isFit(job) ? await this.#compile(job) : undefined
    if (message === undefined) return undefined
    this.#forgetAllBut(busy)
    const taken = this.#inHand(message)
    this.#jobs.set(jobId, taken)
    return taken
  }

  /** What waits for a champion is claimed once it is picked: by then the message has to know it. */
  async #withChampions(known: JobInHand, job: JobRecord): Promise<JobInHand | undefined> {
    const { sending } = known.message.job.prepared ?? {}
    if (sending?.champions?.length === job.prepared?.sending?.champions?.length) return known
    const message = await this.#compile(job)
    if (message === undefined) return undefined
    const renewed = { ...known, message }
    this.#jobs.set(job.id, renewed)
    return renewed
  }

  #inHand(message: JobMessage): JobInHand {
    const { gateOf, maxClaim } = this.#ports
    const { rate } = message.job.definition
    const gates = message.carriers.map((carrier) => gateOf(carrier.name))
    const rates = [rate, ...gates.map((gate) => gate.rateLimit)].filter((one) => one !== undefined)
    // No lease on work that can't start within about a second.
    const maximum = Math.min(maxClaim, ...rates.map(({ limit, intervalMs }) => Math.ceil((limit * 1_000) / intervalMs)))
    return {
      message,
      pace: new JobPace({ minimum: Math.max(...gates.map(laneSize)), maximum }),
      rate: rate === undefined ? undefined : new RateGate(rate),
      servedAt: 0,
    }
  }

  #isFit(job: JobRecord): boolean {
    try {
      refuseUnfit(job, this.#ports)
      return true
    } catch (error) {
      if (!isBroadsideError(error)) throw error
      this.#unfit.add(job.id)
      this.#ports.onUnfit({ jobId: job.id, error })
      return false
    }
  }

  async #compile(job: JobRecord): Promise<JobMessage | undefined> {
    try {
      return await JobMessage.compile(job, this.#ports)
    } catch (error) {
      await this.#ports.onImpossible(job, error)
      return undefined
    }
  }

  #forgetAllBut(busy: ReadonlySet<string>): void {
    if (this.#jobs.size < KEPT) return
    for (const [jobId, { rate }] of this.#jobs) {
      // What a rate remembers is what keeps it.
      if (!busy.has(jobId) && rate === undefined) this.#jobs.delete(jobId)
    }
  }
}

/** What keeps every lane of a provider busy. */
function laneSize(gate: ProviderGate): number {
  return gate.concurrency * gate.batchSize
}
