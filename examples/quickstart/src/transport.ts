import { smtpChannel } from '@broadside/channel-smtp'
import type { ChannelProvider } from '@broadside/core'
import type { Arguments } from './arguments.js'
import { startLoopbackServer } from './loopback-server.js'

/** What carries the messages, and where to. */
export interface Transport {
  readonly provider: ChannelProvider
  close(): Promise<void>
}

/**
 * The server of `--smtp`, or one on loopback.
 *
 * @throws BroadsideError `CHANNEL_NOT_AVAILABLE` for a server that can't be reached or does not let us in.
 */
export function openTransport(args: Arguments): Promise<Transport> {
  return args.smtp === undefined ? loopback(args) : smtp(args.smtp, args)
}

async function smtp(url: URL, { concurrency }: Arguments): Promise<Transport> {
  const provider = smtpChannel({ url: url.href, maxConnections: concurrency })
  const close = (): Promise<void> => provider.close()
  try {
    await provider.verify()
  } catch (error) {
    await close()
    throw error
  }
  return { provider, close }
}

/**
 * Jobs sent to nobody travel on a channel of their own: so, where both kinds share a `--db`, people's messages never end at the server that
 * delivers nothing, nor made-up addresses at a real one.
 */
async function loopback({ concurrency }: Arguments): Promise<Transport> {
  const server = await startLoopbackServer()
  const mail = smtpChannel({ url: server.url.href, maxConnections: concurrency })
  const provider: ChannelProvider = {
    ...mail,
    channel: 'loopback',
    addressOf: ({ to }) => to?.email?.trim() || undefined,
  }
  const close = async (): Promise<void> => {
    await mail.close()
    await server.close()
  }
  return { provider, close }
}
