import type { Clock } from './clock.js'
import type { Events } from './events.js'
import type { Idempotency } from './idempotency.js'
import type { Ids } from './ids.js'
import { ingestPorts } from './ingest.js'
import type { CommandPorts } from './job-commands.js'
import type { JobQueries } from './job-queries.js'
import type { BroadsideOptions, ResolvedTuning } from './options.js'
import type { Pacer } from './pacer.js'
import type { PrunePorts } from './pruning.js'
import { SendWatch } from './send-watch.js'
import { SendingChanges } from './sending-changes.js'
import { SendingCommands } from './sending-commands.js'
import type { SendingHub } from './sending-hub.js'
import { SendingKeeper } from './sending-keeper.js'
import { SendingQueries } from './sending-queries.js'
import { Sendings } from './sendings.js'

export interface SendingPartsPorts extends CommandPorts {
  readonly options: BroadsideOptions
  readonly clock: Clock
  readonly ids: Ids
  readonly idempotency: Idempotency
  readonly events: Events
  readonly pacer: Pacer
  readonly tuning: ResolvedTuning
  readonly queries: JobQueries
  readonly hub: SendingHub
  readonly prune: PrunePorts
  readonly pollMs: number | undefined
  readonly checkOpen: () => void
  /** Something about sendings may have changed. */
  readonly wake: () => void
}

export interface SendingParts {
  readonly sendings: Sendings
  /** Absent in an engine that only writes, and where the storage keeps no sendings. */
  readonly keeper: SendingKeeper | undefined
}

/** The parts of an engine that are about sendings. */
export function sendingParts(ports: SendingPartsPorts): SendingParts {
  const { options, storage, clock, ids, events, idempotency, preparation, listener, pacer, tuning, hub, wake } = ports
  const {
    zone = 'UTC',
    audienceSource,
    preflight,
    pickChampion,
    rewriteLinks,
    renderer,
    transactionalSms = true,
  } = options
  const { providers } = preparation
  const changes = new SendingChanges({
    storage,
    clock,
    events,
    hub,
    jobCreated: listener.created,
    jobChanged: listener.changed,
    wake,
  })
  const { leaseMs } = tuning
  const ingest = ingestPorts(ids)
  const building = { storage, clock, pacer, providers, ingest, audienceSource, preparation, leaseMs, zone }
  const checks = { preparation, audienceSource, preflight, pickChampion, transactionalSms }
  const watch = new SendWatch(clock, tuning.sendTimeoutMs)
  const sendings = new Sendings({
    commands: new SendingCommands({ storage, clock, ids, idempotency, changes, checks, zone }),
    queries: new SendingQueries(storage, ports.queries),
    hub,
    samples: { ...building, renderer, rewriteLinks, watch },
    forecast: building,
    pacer,
    prune: ports.prune,
    checkOpen: ports.checkOpen,
  })
  const isKeeping = preparation.dispatch && providers.all.length > 0 && storage.capabilities.sendings
  const { pollMs } = ports
  return {
    sendings,
    keeper: isKeeping
      ? new SendingKeeper({ ...building, changes, events, ids, pickChampion, pollMs, onFree: wake })
      : undefined,
  }
}
