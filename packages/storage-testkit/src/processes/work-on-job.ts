import { setTimeout as delay } from 'node:timers/promises'
import type { Claim, ClaimedItem, Settlement, Storage } from '@broadside/core'
import { retry, sent } from '../fixtures/settlements.js'
import { Chance } from './chance.js'
import { LedgerWriter } from './ledger.js'
import type { WorkerTask } from './worker-task.js'

/** How long a worker waits when there is nothing to claim, in ms. */
const IDLE_MS = 5
const MOST_CLAIMED = 12
const RETRY_MS = 10

/** Works on a job until it has ended, as engines do and worse: some leases run out while their holder goes on. */
export async function work(storage: Storage, task: WorkerTask, tell: (claims: number) => void): Promise<void> {
  const worker = new Worker(storage, task)
  for (let claims = 0; await worker.isGoing(); ) {
    await worker.reap()
    const claimed = await worker.claim()
    if (!claimed) {
      await delay(IDLE_MS)
      continue
    }
    claims += 1
    tell(claims)
    await worker.handle(claimed)
  }
  worker.end()
}

class Worker {
  readonly #storage: Storage
  readonly #task: WorkerTask
  readonly #ledger: LedgerWriter
  readonly #chance: Chance
  #tokens = 0

  constructor(storage: Storage, task: WorkerTask) {
    this.#storage = storage
    this.#task = task
    this.#ledger = new LedgerWriter(task.ledgerPath)
    this.#chance = new Chance(task.seed)
  }

  async isGoing(): Promise<boolean> {
    return (await this.#storage.getJob(this.#task.jobId))?.status === 'processing'
  }

  end(): void {
    this.#ledger.close()
  }

  async reap(): Promise<void> {
    const expiredAt = Date.now()
    const decide = (item: ClaimedItem) => retry(item.seq, expiredAt, { attempts: item.attempts + 1 })
    await this.#ledger.keep('reap', { expiredAt }, async () => ({
      reaped: await this.#storage.reap({ now: expiredAt, expiredAt, limit: 5, decide }),
    }))
  }

  async claim(): Promise<Claim | undefined> {
    const now = Date.now()
    const { ready } = await this.#storage.listClaimable({ now, channels: ['email'], limit: 2 })
    const target = ready[this.#chance.below(ready.length)]
    if (!target) return undefined
    this.#tokens += 1
    const token = `${this.#task.name}-${this.#tokens}`
    const leaseUntil = now + this.#task.leaseMs
    const terms = { limit: 1 + this.#chance.below(MOST_CLAIMED), start: this.#chance.below(4), token, now, leaseUntil }
    let claimed: Claim | undefined
    await this.#ledger.keep('claim', { token, leaseUntil }, async () => {
      claimed = await this.#storage.claim({ jobId: target.jobId, source: target.source, wave: target.wave, ...terms })
      return { seqs: claimed?.items.map(({ seq }) => seq) ?? [] }
    })
    return claimed
  }

  /** Settles a claim in two parts, most of the time; between them it is held on to, let run out, or given back. */
  async handle({ token, items }: Claim): Promise<void> {
    const cut = this.#chance.below(items.length + 1)
    await this.#settle(token, items.slice(0, cut))
    await this.#between(token, items.slice(cut))
  }

  async #between(token: string, rest: readonly ClaimedItem[]): Promise<void> {
    if (this.#chance.happens(15)) return this.#giveBack(token)
    if (this.#chance.happens(10)) await delay(this.#task.leaseMs * 1.5)
    else if (this.#chance.happens(50)) await this.#extend(token, rest)
    await this.#settle(token, rest)
  }

  async #settle(token: string, items: readonly ClaimedItem[]): Promise<void> {
    if (items.length === 0) return
    const now = Date.now()
    const settlements = items.map((item) => this.#outcomeOf(item, token, now))
    await this.#ledger.keep('settle', { token, settlements }, async () => {
      const { jobId } = this.#task
      const { answers, completed } = await this.#storage.settle({ jobId, token, now, settlements })
      return { answers, completed }
    })
  }

  #outcomeOf({ seq, attempts }: ClaimedItem, token: string, now: number): Settlement {
    if (this.#chance.happens(12)) return retry(seq, now + RETRY_MS, { attempts: attempts + 1 })
    return sent(seq, { attempts: attempts + 1, receipt: token })
  }

  async #extend(token: string, rest: readonly ClaimedItem[]): Promise<void> {
    const { jobId, leaseMs } = this.#task
    const now = Date.now()
    const leaseUntil = now + leaseMs
    const startedThrough = rest[this.#chance.below(rest.length + 1)]?.seq
    await this.#ledger.keep('extend', { token, leaseUntil }, async () => {
      const { held } = await this.#storage.extend({ jobId, token, now, leaseUntil, startedThrough })
      return { held }
    })
    await delay(this.#chance.below(IDLE_MS))
  }

  async #giveBack(token: string): Promise<void> {
    const now = Date.now()
    const notBefore = now + this.#chance.below(RETRY_MS)
    await this.#ledger.keep('giveBack', { token }, async () => {
      const { held } = await this.#storage.giveBack({ jobId: this.#task.jobId, token, now, notBefore })
      return { held }
    })
  }
}
