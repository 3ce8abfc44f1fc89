import type { Renderer } from '../render/renderer.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import { JobMessage } from './job-message.js'
import { JobPace } from './job-pace.js'
import type { ProviderGate } from './provider-gate.js'
import type { ProviderRegistry } from './provider-registry.js'
import { RateGate } from './rate-gate.js'

export interface JobsInHandPorts {
  readonly storage: Storage
  readonly renderer: Renderer | undefined
  readonly providers: ProviderRegistry
  readonly gateOf: (name: string) => ProviderGate
  readonly maxClaim: number
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

const KEPT = 100

/** The jobs that are being sent, each compiled once. Those that were are forgotten in time. */
export class JobsInHand {
  readonly #ports: JobsInHandPorts
  readonly #jobs = new Map<string, JobInHand>()

  constructor(ports: JobsInHandPorts) {
    this.#ports = ports
  }

  known(jobId: string): JobInHand | undefined {
    return this.#jobs.get(jobId)
  }

  /** The job, compiled if it was not yet; `undefined` when it is gone or has turned out impossible. `busy` jobs are not forgotten. */
  async take(jobId: string, busy: ReadonlySet<string>): Promise<JobInHand | undefined> {
    const known = this.#jobs.get(jobId)
    if (known !== undefined) return known
    const job = await this.#ports.storage.getJob(jobId)
    const message = job && (await this.#compile(job))
    if (message === undefined) return undefined
    this.#forgetAllBut(busy)
    const taken = this.#inHand(message)
    this.#jobs.set(jobId, taken)
    return taken
  }

  #inHand(message: JobMessage): JobInHand {
    const { gateOf, maxClaim } = this.#ports
    const { rate } = message.job.definition
    const minimum = Math.max(...message.carriers.map((carrier) => laneSize(gateOf(carrier.name))))
    return {
      message,
      pace: new JobPace({ minimum, maximum: maxClaim }),
      rate: rate === undefined ? undefined : new RateGate(rate),
      servedAt: 0,
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
    for (const jobId of this.#jobs.keys()) if (!busy.has(jobId)) this.#jobs.delete(jobId)
  }
}

/** What keeps every lane of a provider busy. */
function laneSize(gate: ProviderGate): number {
  return gate.concurrency * gate.batchSize
}
