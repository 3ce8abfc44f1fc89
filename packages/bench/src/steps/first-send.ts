import { median } from '../stats.js'
import { bareCommits } from './bare-commits.js'
import type { Step } from './step.js'

/** How long it takes from `run` to the first send, in turns with three bare commits to the same disk or server. */
export const firstSend: Step = async (system, { place, n }, _parent) => {
  if (system.timeToFirstSend === undefined) throw new Error('has no run to time')
  const commits = await bareCommits(place)
  const ms: number[] = []
  const commitsMs: number[] = []
  // The first one is of code that was never run before.
  for (let turn = 0; turn <= n; turn += 1) {
    const [sendMs, threeMs] = [await system.timeToFirstSend(), await commits.three()]
    if (turn === 0) continue
    ms.push(sendMs)
    commitsMs.push(threeMs)
  }
  await commits.close()
  const moreMs = median(ms.map((value, index) => value - (commitsMs[index] ?? 0)))
  return { itemsPerSecond: null, rssMb: null, figures: { ms: median(ms), threeCommitsMs: median(commitsMs), moreMs } }
}
