import type { PlaceKind } from '../place.js'
import { fileKeeper } from './files.js'
import { MEMORY_KEEPER, type PlaceKeeper } from './place-keeper.js'
import { type PostgresServer, startPostgres } from './postgres-server.js'
import { findRedis, type RedisServer } from './redis-server.js'
import type { Workplace } from './workplace.js'

const NO_REDIS = 'no Redis server at hand: set REDIS_URL, or have redis-server on the PATH'

/** Starts each server when it is first asked for, and stops those that were started. */
export class Servers {
  readonly #workplace: Workplace
  #postgres: Promise<PostgresServer> | undefined
  #redis: Promise<RedisServer | undefined> | undefined
  #descriptions: { postgres?: string; redis?: string } = {}

  constructor(workplace: Workplace) {
    this.#workplace = workplace
  }

  /** @throws where there is no server of this kind. */
  async keeper(kind: PlaceKind): Promise<PlaceKeeper> {
    if (kind === 'memory') return MEMORY_KEEPER
    if (kind === 'file') return fileKeeper(this.#workplace)
    return kind === 'postgres' ? this.#startPostgres() : this.#findRedis()
  }

  /** What those that were started are. */
  get descriptions(): { readonly postgres?: string; readonly redis?: string } {
    return this.#descriptions
  }

  async stop(): Promise<void> {
    const started = await Promise.allSettled([this.#postgres, this.#redis])
    for (const server of started) if (server.status === 'fulfilled') await server.value?.stop()
  }

  async #startPostgres(): Promise<PostgresServer> {
    this.#postgres ??= startPostgres(this.#workplace)
    const server = await this.#postgres
    this.#descriptions.postgres = server.description
    return server
  }

  async #findRedis(): Promise<RedisServer> {
    this.#redis ??= findRedis(this.#workplace)
    const server = await this.#redis
    if (server === undefined) throw new Error(NO_REDIS)
    this.#descriptions.redis = server.description
    return server
  }
}
