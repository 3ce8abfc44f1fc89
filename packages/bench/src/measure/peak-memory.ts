import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Forgets the peak so far, where the system can: what was in memory before the work is not the work's.
 * The kernel keeps the mark by itself, so nothing between two samples is missed, not even in a loop that never yields.
 */
export function forgetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not Linux, or not allowed: then it is the peak since the process began.
  }
}

/** The most that this process had in memory at once (resident set size), in MB of 10^6 bytes. */
export function peakMemoryMb(): number {
  return (highWaterMarkKb() ?? process.resourceUsage().maxRSS) * 1024e-6
}

/** Of the process as it is since `exec`; `maxRSS` would begin with what the parent had when it forked. */
function highWaterMarkKb(): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return found ? Number(found[1]) : undefined
  } catch {
    return undefined
  }
}
