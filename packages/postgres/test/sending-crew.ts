import type { WorkerProgram } from '@broadside/storage-testkit'
import type { Chance } from '../../storage-testkit/src/processes/chance.js'
import { type ProcessEnd, SendingProcess } from './sending-process.js'

/** Processes that send together. Who is killed is replaced. */
export class SendingCrew {
  readonly #program: WorkerProgram
  readonly #members = new Set<SendingProcess>()
  readonly #killed: SendingProcess[] = []

  constructor(program: WorkerProgram, size: number) {
    this.#program = program
    for (let place = 0; place < size; place += 1) this.#hire()
  }

  /** Resolves when the engines of all are open. */
  async ready(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.ready()))
  }

  /** Kills one of those whose engines are open. */
  async killOne(chance: Chance): Promise<void> {
    await Promise.race([...this.#members].map((member) => member.ready()))
    const open = [...this.#members].filter(({ isReady }) => isReady)
    const victim = open[chance.below(open.length)]
    if (victim === undefined) throw new Error('there is nobody to kill')
    victim.kill()
    this.#members.delete(victim)
    this.#killed.push(victim)
    this.#hire()
  }

  /** How those ended that were killed. */
  killed(): Promise<readonly ProcessEnd[]> {
    return endsOf(this.#killed)
  }

  /** Has all others close their engines. Resolves with how they ended. */
  async dismiss(): Promise<readonly ProcessEnd[]> {
    await Promise.all([...this.#members].map((member) => member.dismiss()))
    return endsOf([...this.#members])
  }

  /** For cleaning up: nobody is left. */
  async destroy(): Promise<void> {
    for (const member of this.#members) member.kill()
    await endsOf([...this.#members])
  }

  #hire(): void {
    this.#members.add(new SendingProcess(this.#program))
  }
}

function endsOf(processes: readonly SendingProcess[]): Promise<readonly ProcessEnd[]> {
  return Promise.all(processes.map(({ ended }) => ended))
}
