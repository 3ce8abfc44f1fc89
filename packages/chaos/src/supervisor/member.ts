import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessSettings } from '../processes/process-settings.js'
import type { Journal } from './journal.js'

export interface MemberParams {
  readonly program: string
  readonly settings: ProcessSettings
  /** Where what it says on stderr goes. */
  readonly errorFile: string
  readonly journal: Journal
}

/** One real process of the run, from its start to its end. */
export class Member {
  readonly boot: string
  readonly #child: ChildProcess
  readonly #journal: Journal
  #isFrozen = false
  /** Resolves when it has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<string>
  #end: string | undefined

  constructor({ program, settings, errorFile, journal }: MemberParams) {
    this.boot = settings.boot
    this.#journal = journal
    const errors = openSync(errorFile, 'a')
    // Its stdin is how it learns that we are gone. In a group of its own, so that a Ctrl-C comes to it through us.
    const stdio: ['pipe', 'ignore', number] = ['pipe', 'ignore', errors]
    this.#child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio, detached: true })
    closeSync(errors)
    this.#child.stdin?.on('error', () => {})
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#end = signal ?? String(code)
        resolve(this.#end)
      })
    })
  }

  /** It can be harmed: it runs, and is not frozen. */
  get isAtWork(): boolean {
    return this.#end === undefined && !this.#isFrozen
  }

  async kill(): Promise<void> {
    this.#journal.enter({ type: 'kill', boot: this.boot, at: Date.now() })
    this.#child.kill('SIGKILL')
    await this.ended
  }

  async freeze(forMs: number): Promise<void> {
    const at = Date.now()
    this.#isFrozen = true
    this.#child.kill('SIGSTOP')
    await Promise.race([sleep(forMs), this.ended])
    this.#child.kill('SIGCONT')
    this.#isFrozen = false
    this.#journal.enter({ type: 'freeze', boot: this.boot, at, until: Date.now() })
  }

  /** Asks it to close in order. */
  retire(): void {
    this.#child.kill('SIGTERM')
  }

  /** For cleaning up: whatever state it is in. */
  destroy(): void {
    if (this.#end === undefined) this.#child.kill('SIGKILL')
  }
}
