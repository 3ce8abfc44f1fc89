import { BroadsideError } from '@broadside/core'

/** Why `path` could not be opened, as the contract says it. */
export function openFault(path: string, error: unknown): BroadsideError {
  if (codeOf(causeOf(error)) === 'LEVEL_LOCKED') {
    const message = `${path} is open already, in this process or another: close that one, or give this engine a path of its own.`
    return new BroadsideError('STORAGE_LOCKED', message, { cause: error })
  }
  const message = `${path} could not be opened: check that it is a directory of LevelDB's that this process may write to.`
  return new BroadsideError('STORAGE_FAILED', message, { cause: error })
}

/** A fault of LevelDB's as the contract says it; any other error as it is. */
export function levelFault(path: string, error: unknown): unknown {
  if (!codeOf(error)?.startsWith('LEVEL_')) return error
  const message = `${path} could not be read or written: check its disk for space and errors, then repeat the call.`
  return new BroadsideError('STORAGE_FAILED', message, { cause: error })
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
