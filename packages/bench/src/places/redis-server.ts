import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { PlaceKeeper } from './place-keeper.js'
import { freePort } from './postgres-server.js'
import type { Workplace } from './workplace.js'

export interface RedisServer extends PlaceKeeper {
  readonly description: string
  stop(): Promise<void>
}

/** The server that `REDIS_URL` names, or one that is started if `redis-server` is there; `undefined` when there is none to be had. */
export async function findRedis(workplace: Workplace): Promise<RedisServer | undefined> {
  const url = process.env.REDIS_URL
  if (url !== undefined) return connected(url, async () => {})
  const port = await freePort()
  const directory = workplace.newPath('redis')
  await mkdir(directory)
  // With a log of what was written, as BullMQ's guide for production asks for: https://docs.bullmq.io/guide/going-to-production
  const args = ['--port', String(port), '--dir', directory, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction']
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const failed = once(child, 'error').then(() => true)
  const isMissing = await Promise.race([failed, once(child, 'spawn').then(() => false)])
  if (isMissing) return undefined
  return connected(`redis://localhost:${port}`, async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
}

async function connected(url: string, stop: () => Promise<void>): Promise<RedisServer> {
  const admin = new Redis(url, { retryStrategy: (times) => (times > 50 ? null : 50), maxRetriesPerRequest: null })
  admin.on('error', () => {})
  while (admin.status !== 'ready') {
    if (admin.status === 'end') throw new Error(`there is no Redis server at ${url}`)
    await sleep(20)
  }
  const version = /redis_version:(\S+)/.exec(await admin.info('server'))?.[1]
  let made = 0
  return {
    description: `${version} (appendonly ${((await admin.config('GET', 'appendonly')) as string[])[1]})`,
    make: async () => ({ kind: 'redis', url, prefix: `broadside-bench-${process.pid}-${made++}` }),
    copy: async () => undefined,
    drop: async (place) => {
      if (place.kind !== 'redis') return
      for await (const keys of admin.scanStream({ match: `${place.prefix}:*`, count: 5_000 })) {
        if (keys.length > 0) await admin.unlink(...keys)
      }
    },
    settle: async () => {},
    stop: async () => {
      admin.disconnect()
      await stop()
    },
  }
}
