import { afterEach } from 'vitest'
import { type SmtpChannel, type SmtpChannelOptions, smtpChannel } from '../src/index.js'
import { type ScriptedServer, scriptedServer } from './scripted-server.js'

const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Done after the test, the latest first. */
export function afterwards(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp)
}

export async function serverWith(script: Parameters<typeof scriptedServer>[0] = {}): Promise<ScriptedServer> {
  const server = await scriptedServer(script)
  afterwards(() => server.close())
  return server
}

export function channelWith(options: SmtpChannelOptions): SmtpChannel {
  const channel = smtpChannel(options)
  afterwards(() => channel.close())
  return channel
}

export function channelTo(port: number, options: SmtpChannelOptions = {}): SmtpChannel {
  return channelWith({ host: '127.0.0.1', port, ...options })
}

export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('was to reject with an error')
}

export function thrown(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('was to throw an error')
}
