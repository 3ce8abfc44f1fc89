import { setImmediate } from 'node:timers/promises'
import type { Failure } from '../report/conformance-report.js'
import { failureOf } from './failure-of.js'

/** Promises that were rejected while nobody waited for them: they would end the process. */
export interface StrayRejections {
  /** Those since it was asked last; the first of them as a failure. */
  take(): Promise<Failure | undefined>
  stop(): void
}

/** Keeps stray rejections from ending the process, until it is stopped. */
export function catchStrayRejections(): StrayRejections {
  const reasons: unknown[] = []
  const note = (reason: unknown) => reasons.push(reason)
  process.on('unhandledRejection', note)
  return {
    take: async () => {
      // Node tells of them when the microtasks are done.
      await setImmediate()
      const [reason] = reasons.splice(0)
      return reason === undefined ? undefined : { ...failureOf(reason), kind: 'stray' }
    },
    stop: () => {
      process.off('unhandledRejection', note)
    },
  }
}
