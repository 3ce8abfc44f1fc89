import { randomUUID } from 'node:crypto'
import { BroadsideError, type Storage } from '@broadside/core'
import { isClient, isPool, type PostgresClient, type PostgresPool } from './driver.js'
import { HostClientSource } from './host-client-source.js'
import { HostTransaction, refusal } from './host-transaction.js'
import { Lifecycle } from './lifecycle.js'
import { Notifier } from './notifier.js'
import { operationsOn } from './operations.js'
import { type PostgresStorageOptions, type Settings, settingsOf } from './options.js'
import { OwnSource } from './own-source.js'
import { PoolSource } from './pool-source.js'
import { sendingOperationsOn } from './sending-operations.js'
import type { Source } from './source.js'
import { TransactionEnd } from './transaction-end.js'
import { turnsOf } from './turns.js'
import { Wake } from './wake.js'

/**
 * A storage in a Postgres database (13 or newer), for any number of engines in any number of processes.
 *
 * `within(client)` writes in the host's transaction on `client`. Await each of its calls before sending a statement of your own: each is
 * in a savepoint, and what you send meanwhile may fall into it, to be undone with a call that fails or is refused.
 *
 * @param source A connection string, for a pool of connections of our own (with the package `pg`, ended by `close`); or a `Pool` or a
 *   `Client` of the host's `pg`, never closed here. A client is best one that nothing else uses: calls have it one after the other, and
 *   wait while the host is in a transaction on it.
 * @throws BroadsideError `INVALID_INPUT` for a source or an option that can't be.
 */
export function postgresStorage(
  source: string | PostgresPool | PostgresClient,
  options: PostgresStorageOptions = {},
): Storage {
  const settings = settingsOf(options)
  const connections = sourceOf(source, settings)
  const canWake = connections.canListen && settings.listen !== false
  const lifecycle = new Lifecycle(connections, settings)
  const identity = { channel: settings.schema, sender: randomUUID(), timers: settings.timers }
  const notifier = new Notifier({ ...identity, send: (work) => lifecycle.aside(work) })
  const wake = new Wake({ ...identity, listen: (listener) => connections.listen(listener) })
  return {
    capabilities: { durable: true, shared: true, callerTransaction: 'async', wake: canWake, sendings: true },
    open: () => lifecycle.open(),
    close: () => {
      wake.stop()
      return lifecycle.close(() => notifier.flush())
    },
    ...operationsOn(lifecycle, () => notifier.changed()),
    sendings: sendingOperationsOn(lifecycle, () => notifier.changed()),
    ...(canWake ? { onWake: (listener: () => void) => wake.add(listener) } : {}),
    within: hostTransactions({ lifecycle, settings, notifier }),
  }
}

function sourceOf(source: string | PostgresPool | PostgresClient, settings: Settings): Source {
  if (typeof source === 'string') return new OwnSource({ connectionString: source, poolSize: settings.poolSize })
  if (typeof source === 'object' && source !== null) {
    if (isPool(source)) return new PoolSource(source)
    if (isClient(source)) return new HostClientSource(source, settings.timers)
  }
  throw new BroadsideError(
    'INVALID_INPUT',
    'postgresStorage needs a connection string, or a Pool or Client of the package pg.',
    { issues: [{ path: ['source'], message: 'must be a connection string, a Pool or a Client' }] },
  )
}

interface HostTransactionsParams {
  readonly lifecycle: Lifecycle
  readonly settings: Settings
  readonly notifier: Notifier
}

/** `within`: see {@link HostTransaction}. */
function hostTransactions({ lifecycle, settings, notifier }: HostTransactionsParams) {
  const end = new TransactionEnd({
    timers: settings.timers,
    look: (work) => lifecycle.aside(work),
    isOver: () => !lifecycle.isOpen,
  })
  return (handle: unknown) => {
    const schemaId = lifecycle.requireSchemaId()
    if (!isClient(handle)) throw refusal('it is no client of pg: pass the one that you sent `begin` on')
    return new HostTransaction({
      client: handle,
      ...settings,
      schemaId,
      turns: turnsOf(handle),
      tell: (session) => notifier.tellWithin(session),
      untilEnded: (transactionId) => end.of(transactionId),
    })
  }
}
