import { type NodeBinary, supports } from '../node-versions.js'
import { ITEM_WORKS, type ItemWork } from '../plan.js'
import { type Family, infoOf, type SystemName, systemsOf } from '../systems/systems.js'
import type { Bench } from './bench.js'

/** A system on one version of Node, and what it takes part in. */
export interface Contender {
  readonly system: SystemName
  readonly node: NodeBinary
  readonly works: readonly ItemWork[]
  /** Ways to send. */
  readonly ways: readonly string[]
}

/**
 * Who is measured beside whom. Where a peer needs a newer Node than this one, its whole family runs on that; Broadside runs on this one as
 * well.
 */
export function contendersOf(bench: Bench, family: Family): readonly Contender[] {
  const node = nodeOf(bench, family)
  const all = systemsOf(family).map((system) => contender(system, node))
  if (node === bench.presentNode) return all
  const beside = systemsOf(family).filter((system) => infoOf(system).kind === 'broadside')
  return [...all, ...beside.map((system) => ({ ...contender(system, bench.presentNode), ...FASTEST_ONLY }))]
}

const FASTEST_ONLY = { works: ['ingest', 'drain'], ways: ['sendBatch'] } as const

function contender(system: SystemName, node: NodeBinary): Contender {
  return { system, node, works: ITEM_WORKS, ways: infoOf(system).drains }
}

/** What a family of systems runs on. */
export function nodeOf({ presentNode, newerNode }: Bench, family: Family): NodeBinary {
  return needsNewerNode(family, presentNode) && newerNode !== undefined ? newerNode : presentNode
}

/** Whether a peer of the family says that it does not support this Node. */
export function needsNewerNode(family: Family, node: NodeBinary): boolean {
  return systemsOf(family).some((system) => {
    const { package: name } = infoOf(system)
    return name !== undefined && !supports(name, node)
  })
}
