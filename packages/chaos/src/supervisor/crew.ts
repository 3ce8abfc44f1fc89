import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Channel, Plan } from '../plan.js'
import type { StorageLocation } from '../processes/open-storage.js'
import type { ProcessSettings, WorkerSettings, WriterSettings } from '../processes/process-settings.js'
import type { Journal } from './journal.js'
import { Member } from './member.js'

const PROGRAMS = {
  worker: fileURLToPath(new URL('./processes/worker.js', import.meta.url)),
  writer: fileURLToPath(new URL('./processes/writer.js', import.meta.url)),
} as const

export interface CrewParams {
  readonly plan: Plan
  readonly location: StorageLocation
  readonly receiverPort: number
  /** Where each process keeps its log. */
  readonly directory: string
  readonly journal: Journal
}

/** The workers and the writer: each place is filled anew when its process has ended. */
export class Crew {
  readonly #params: CrewParams
  readonly #members = new Set<Member>()
  readonly #boots: string[] = []
  readonly #selfEnded: string[] = []
  readonly #places: Promise<void>[] = []
  readonly #awaited = new Set<string>()
  #isEnding = false

  constructor(params: CrewParams) {
    this.#params = params
  }

  /** The names of all processes there ever were. */
  get boots(): readonly string[] {
    return this.#boots
  }

  /** Those that ended although nobody had asked them to, and how. */
  get selfEnded(): readonly string[] {
    return this.#selfEnded
  }

  get workersAtWork(): readonly Member[] {
    return this.#atWork('worker')
  }

  get writersAtWork(): readonly Member[] {
    return this.#atWork('writer')
  }

  start(): void {
    this.#params.plan.crew.forEach((channels, place) => {
      this.#places.push(this.#fill(`worker-${place + 1}`, (boot) => this.#startWorker(boot, channels)))
    })
    this.#places.push(this.#fill('writer', (boot) => this.#startWriter(boot, false)))
  }

  /** Ends a process by `harm`, after which its place is filled anew. */
  async end(member: Member, harm: (member: Member) => Promise<void> | void): Promise<void> {
    this.#awaited.add(member.boot)
    await harm(member)
  }

  /** The last writer does everything once more, with nobody in its way. */
  async writeOnceMore(): Promise<string> {
    return this.#startWriter('writer-last', true).ended
  }

  /** Asks everybody to close in order, and waits for it. Resolves with the names of those that did not. */
  async retireAll(limitMs: number): Promise<readonly string[]> {
    this.#isEnding = true
    for (const member of this.#members) void this.end(member, () => member.retire())
    await Promise.race([Promise.all(this.#places), sleep(limitMs, undefined, { ref: false })])
    return [...this.#members].map(({ boot }) => boot)
  }

  /** For cleaning up: nothing is left after it. */
  async destroy(): Promise<void> {
    this.#isEnding = true
    for (const member of this.#members) {
      this.#awaited.add(member.boot)
      member.destroy()
    }
    await Promise.all([...this.#members].map(({ ended }) => ended))
  }

  async #fill(name: string, start: (boot: string) => Member): Promise<void> {
    for (let number = 1; !this.#isEnding; number += 1) {
      const member = start(`${name}.${number}`)
      const end = await member.ended
      if (!this.#awaited.has(member.boot) || !['SIGKILL', 'SIGTERM', '0'].includes(end)) this.#tell(member, end)
      // One that can't start is not started without end.
      await sleep(this.#awaited.has(member.boot) ? 100 : 1_000)
    }
  }

  #tell(member: Member, end: string): void {
    this.#selfEnded.push(`${member.boot} ended by itself (${end})`)
  }

  #atWork(role: string): readonly Member[] {
    return [...this.#members].filter((member) => member.boot.startsWith(role) && member.isAtWork)
  }

  #startWorker(boot: string, channels: readonly Channel[]): Member {
    const { receiverPort, plan } = this.#params
    const settings: WorkerSettings = { ...this.#common(boot), receiverPort, channels, rates: plan.rates }
    return this.#add(PROGRAMS.worker, settings)
  }

  #startWriter(boot: string, isLast: boolean): Member {
    const { jobs, seed } = this.#params.plan
    const settings: WriterSettings = { ...this.#common(boot), jobs, seed, isLast }
    return this.#add(PROGRAMS.writer, settings)
  }

  #common(boot: string): ProcessSettings {
    const { location, plan, directory } = this.#params
    const { leaseMs, pollMs } = plan
    return { boot, location, leaseMs, pollMs, evidenceFile: join(directory, `${boot}.jsonl`) }
  }

  #add(program: string, settings: ProcessSettings): Member {
    const { journal, directory } = this.#params
    const member = new Member({ program, settings, journal, errorFile: join(directory, `${settings.boot}.stderr`) })
    this.#boots.push(member.boot)
    this.#members.add(member)
    void member.ended.then(() => this.#members.delete(member))
    return member
  }
}
