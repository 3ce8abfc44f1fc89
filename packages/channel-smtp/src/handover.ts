import type { Readable } from 'node:stream'
import type { MailInTransit, Transporter } from './transporter.js'

/**
 * How far one message has come.
 *
 * - `connecting`: there is no session with the server yet.
 * - `envelope`: sender and recipient are being negotiated; the server has nothing of the message.
 * - `transmitting`: some of the message went out, but not its end. A server must not deliver that.
 * - `transmitted`: its end was written, so the server may have it.
 * - `untracked`: the transporter doesn't let it be watched.
 */
export type HandoverStage = 'connecting' | 'envelope' | 'transmitting' | 'transmitted' | 'untracked'

const KEY = 'broadsideHandover'
const watched = new WeakSet<Transporter>()

/**
 * Watches one message on its way through nodemailer, whose errors don't tell whether a lost connection had taken the message along. It
 * makes the message's stream once a session stands, begins to read it when the server has said 354, and writes the final dot when
 * the stream has ended.
 */
export class Handover {
  #isWatched = false
  #stream: Readable | undefined

  constructor(transporter: Transporter) {
    watchStreams(transporter)
  }

  get stage(): HandoverStage {
    if (!this.#isWatched) return 'untracked'
    if (!this.#stream) return 'connecting'
    if (!this.#stream.readableDidRead) return 'envelope'
    return this.#stream.readableEnded ? 'transmitted' : 'transmitting'
  }

  /** To be spread into the mail, so that the plugin finds its way back here. */
  get mark(): object {
    return { [KEY]: this }
  }

  /** @internal */
  watch(message: MailInTransit['message']): void {
    this.#isWatched = true
    const createReadStream = message.createReadStream.bind(message)
    message.createReadStream = (options) => {
      this.#stream = createReadStream(options)
      return this.#stream
    }
  }
}

/** Registers the plugin, once a transporter; messages that aren't ours pass by it. */
function watchStreams(transporter: Transporter): void {
  if (!transporter.use || watched.has(transporter)) return
  watched.add(transporter)
  transporter.use('stream', (mail, done) => {
    const handover: unknown = Reflect.get(mail.data, KEY)
    if (handover instanceof Handover) handover.watch(mail.message)
    done()
  })
}
