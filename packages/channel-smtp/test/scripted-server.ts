import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What the server does instead of answering well at one point of the session. */
export type Misbehaviour = (socket: Socket) => void
export type Stage = 'greeting' | 'EHLO' | 'HELO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot' | 'QUIT'

export const hangUp: Misbehaviour = (socket) => socket.destroy()
export const reset: Misbehaviour = (socket) => socket.resetAndDestroy()
export const saysNothing: Misbehaviour = () => {}
export const says =
  (text: string): Misbehaviour =>
  (socket) =>
    socket.write(`${text}\r\n`)
export const saysAndHangsUp =
  (text: string): Misbehaviour =>
  (socket) =>
    socket.end(`${text}\r\n`)

const GOOD: Readonly<Record<Stage, string>> = {
  greeting: '220 scripted.test ESMTP',
  EHLO: '250 scripted.test',
  HELO: '250 scripted.test',
  AUTH: '235 welcome',
  MAIL: '250 sender fine',
  RCPT: '250 recipient fine',
  DATA: '354 go ahead',
  body: '',
  dot: '250 2.0.0 Ok: queued as 4XyZ',
  QUIT: '221 bye',
}

export interface ScriptedServer {
  readonly port: number
  readonly connections: () => number
  /** Every command line so far, of all connections. */
  readonly commands: readonly string[]
  /** Whole messages that were answered well. */
  readonly messages: readonly string[]
  /** Resolves at the next connection. */
  connected(): Promise<void>
  /** Ends every connection; the server stays. */
  dropAll(): void
  close(): Promise<void>
}

interface Script {
  readonly misbehaves?: Partial<Readonly<Record<Stage, Misbehaviour>>>
  /** Lines of the answer to EHLO, such as `PIPELINING`. */
  readonly extensions?: readonly string[]
  /** Called with each command line before it is answered. */
  readonly hears?: (line: string) => void
}

/** A server that speaks just enough SMTP, and goes wrong where it is told to: raw, because no real one will. */
export async function scriptedServer({
  misbehaves = {},
  extensions = [],
  hears,
}: Script = {}): Promise<ScriptedServer> {
  const sockets = new Set<Socket>()
  const commands: string[] = []
  const messages: string[] = []
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    converse(socket, (stage) => {
      const misbehaviour = misbehaves[stage]
      if (misbehaviour) misbehaviour(socket)
      else
        says(stage === 'EHLO' ? [...extensions.map((line) => `250-${line}`), GOOD.EHLO].join('\r\n') : GOOD[stage])(
          socket,
        )
      return !misbehaviour
    })
  })

  function converse(socket: Socket, act: (stage: Stage) => boolean): void {
    let pending = ''
    let inData = false
    let senderTaken = false
    let recipientTaken = false
    act('greeting')
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1')
      while (inData ? takeMessage() : takeCommand());
    })

    function takeCommand(): boolean {
      const end = pending.indexOf('\r\n')
      if (end < 0) return false
      const line = pending.slice(0, end)
      pending = pending.slice(end + 2)
      commands.push(line)
      hears?.(line)
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'RSET') says('250 reset')(socket)
      else if (verb === 'DATA' && !recipientTaken && !misbehaves.DATA) says('503 no recipient')(socket)
      else if (isStage(verb)) perform(verb)
      else says('502 not here')(socket)
      return true
    }

    function perform(verb: Stage): void {
      const good = act(verb)
      if (verb === 'MAIL') senderTaken = good
      if (verb === 'RCPT') recipientTaken = good && senderTaken
      inData = verb === 'DATA' && good
    }

    function takeMessage(): boolean {
      if (misbehaves.body && pending !== '') {
        misbehaves.body(socket)
        return false
      }
      const end = pending.indexOf('\r\n.\r\n')
      if (end < 0) return false
      const message = pending.slice(0, end)
      pending = pending.slice(end + 5)
      inData = false
      if (act('dot')) messages.push(message)
      return true
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    commands,
    messages,
    connected: async () => {
      await once(server, 'connection')
    },
    dropAll: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function isStage(verb: string): verb is Stage {
  return Object.hasOwn(GOOD, verb)
}
