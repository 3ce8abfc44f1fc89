import type { PostgresClient } from './driver.js'

/** Where connections come from: a pool of ours or of the host's, or the host's one client. */
export interface Source {
  /** What the host passed in is one connection, which its own statements use as well. */
  readonly isHostClient: boolean
  /** Whether a connection can be kept for listening. */
  readonly canListen: boolean
  open(): Promise<void>
  /** Lets `task` have a connection for itself. */
  use<T>(task: (connection: Connection) => Promise<T>): Promise<T>
  /** Resolves, once it listens, to the way to end that; with `canListen`. However many listen on a pool, they take one connection of it. */
  listen(listener: Listener): Promise<() => void>
  close(): Promise<void>
}

export interface Connection {
  readonly client: PostgresClient
  /** Begins a transaction with these modes, then runs `settings`. When it rejects, no transaction of ours is open. */
  begin(params: BeginParams): Promise<void>
  /** The statements by which `begin` does that; none where it has to look first. */
  beginText?(params: BeginParams): string
  /** The connection is not to be used again. */
  discard(error: Error): void
}

export interface BeginParams {
  /** As in `begin isolation level …`. */
  readonly modes: string
  /** Statements that hold for the transaction. */
  readonly settings: string
}

export interface Listener {
  readonly channel: string
  readonly onMessage: (payload: string) => void
  /** Its connection is gone: nothing is heard from now on. */
  readonly onLost: () => void
}

/** A connection that is kept for listening. */
export interface KeptClient {
  readonly client: PostgresClient
  /** Closes the connection. */
  end(): void
}
