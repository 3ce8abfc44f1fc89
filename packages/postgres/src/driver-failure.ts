/** What the driver threw, told apart from errors that others throw in the middle of a call. Never leaves this package. */
export class DriverFailure extends Error {
  override readonly name = 'DriverFailure'

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }

  /** The five characters by which Postgres names what happened, or the code of a failed connection. */
  get code(): string | undefined {
    const { cause } = this
    if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') return undefined
    return cause.code
  }

  /** Two transactions were in each other's way, and this one was undone: it can be made again. */
  get isConflict(): boolean {
    return this.code === '40001' || this.code === '40P01'
  }

  /** The connection is gone, and so its transaction is undone. */
  get isConnectionLost(): boolean {
    return this.code === undefined || /^(08|25P03|57P0[1-3])/.test(this.code) || /^E[A-Z_]+$/.test(this.code)
  }
}

/** There was no connection to begin with. */
export class ConnectFailure extends DriverFailure {
  constructor(cause: unknown) {
    super(withoutInput(cause))
  }

  override get isConnectionLost(): boolean {
    return false
  }
}

/** What became of a transaction whose connection was lost while it was being committed, nobody knows. */
export class CommitFailure extends DriverFailure {
  override get isConnectionLost(): boolean {
    return false
  }
}

/** An error about a connection string that can't be read may carry it, password and all. */
function withoutInput(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('input' in cause)) return cause
  return Object.assign(new Error(cause.message), { code: 'code' in cause ? cause.code : undefined })
}
