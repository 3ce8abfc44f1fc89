import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { NodeBinary } from '../node-versions.js'
import { type Bench, takeDown } from './bench.js'
import { ownPackages, PEER_PACKAGES } from './packages.js'

const run = promisify(execFile)
const PROBE = fileURLToPath(new URL('./import-probe.js', import.meta.url))

/** How long importing each package takes, ours and the peers' in turns, each time in a process that imports nothing else. */
export async function runImports(bench: Bench): Promise<void> {
  const nodes = [bench.presentNode, ...(bench.newerNode ? [bench.newerNode] : [])]
  const subjects = [
    ...ownPackages().map(({ name, url }) => ({ name, specifier: url })),
    ...PEER_PACKAGES.map((name) => ({ name, specifier: name })),
  ]
  for (let round = 1; round <= bench.plan.importRounds; round += 1) {
    for (const node of nodes) {
      for (const subject of subjects) await probe(bench, subject, { node, round })
    }
  }
}

interface Subject {
  readonly name: string
  readonly specifier: string
}

async function probe(bench: Bench, { name, specifier }: Subject, { node, round }: { node: NodeBinary; round: number }) {
  const key = { work: 'import', system: name, variant: 'import', n: 1, node: node.version, round }
  await takeDown(bench, key, async () => {
    const { stdout } = await run(node.execPath, [PROBE, specifier], { signal: bench.signal })
    return { itemsPerSecond: null, rssMb: null, figures: { ms: Number(stdout) } }
  })
}
