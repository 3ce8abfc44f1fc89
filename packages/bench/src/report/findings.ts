import type { Result } from '../result.js'
import { infoOf, SYSTEM_NAMES, type SystemName, systemsOf } from '../systems/systems.js'

export interface Wanted {
  readonly work: string
  readonly system: string
  readonly variant?: string | undefined
  readonly n?: number | undefined
}

/** Finds results among others. */
export class Findings {
  readonly all: readonly Result[]

  constructor(all: readonly Result[]) {
    this.all = all
  }

  /** Where there are several versions of Node, that of the newest: the one beside the peers. */
  find({ work, system, variant, n }: Wanted): Result | undefined {
    return this.all
      .filter((result) => result.work === work && result.system === system)
      .filter((result) => variant === undefined || result.variant === variant)
      .filter((result) => n === undefined || result.n === n)
      .sort((a, b) => majorOf(b) - majorOf(a))[0]
  }

  /** What the bare loop of the same family did at the same work. */
  bareBeside({ work, system, variant, n, node }: Result): Result | undefined {
    const family = familyOf(system)
    const bare = family && systemsOf(family).find((name) => infoOf(name).kind === 'bare')
    const of = (way: string) =>
      this.all.find((result) => {
        const isSame = result.work === work && result.n === n && result.node === node
        return isSame && result.system === bare && result.variant === way
      })
    return of(variant) ?? of('sendBatch')
  }

  /** The fastest of the peers of the same family at the same work; `dedupe` only beside those that look for duplicates too. */
  bestPeerBeside({ work, system, variant, n }: Result): Result | undefined {
    const family = familyOf(system)
    const peers = this.all.filter((result) => {
      const name = nameOf(result.system)
      const isPeer = name !== undefined && infoOf(name).kind === 'peer' && infoOf(name).family === family
      return isPeer && result.work === work && result.n === n
    })
    const alike = variant === 'dedupe' ? peers.filter((peer) => peer.variant === 'dedupe') : peers
    return (alike.length > 0 ? alike : peers).sort((a, b) => (b.itemsPerSecond ?? 0) - (a.itemsPerSecond ?? 0))[0]
  }
}

function nameOf(system: string): SystemName | undefined {
  return SYSTEM_NAMES.find((name) => name === system)
}

function familyOf(system: string) {
  const name = nameOf(system)
  return name && infoOf(name).family
}

function majorOf({ node }: Result): number {
  return Number.parseInt(node.slice(1), 10)
}
