import SmtpConnection from 'nodemailer/lib/smtp-connection'
import { connectionOptions } from './pool.js'
import type { ServerOptions } from './server-options.js'

/** Whether the server takes addresses beyond ASCII: learned from deliveries, or asked for when it has to be known. */
export class SmtpUtf8Support {
  readonly #server: ServerOptions | undefined
  #offered: boolean | undefined

  /** @param server Whom to ask; without one only deliveries tell. */
  constructor(server: ServerOptions | undefined) {
    this.#server = server
  }

  learn(offered: boolean | undefined): void {
    this.#offered ??= offered
  }

  /** `undefined` when nobody knows. Rejects when the server can't be reached. */
  async isOffered(): Promise<boolean | undefined> {
    if (this.#offered === undefined && this.#server) this.learn(await ask(this.#server))
    return this.#offered
  }
}

/** Over a connection of its own: nodemailer's pool doesn't tell before it sends, and sends to any server. */
function ask(server: ServerOptions): Promise<boolean> {
  const connection = new SmtpConnection(connectionOptions(server))
  return new Promise<boolean>((resolve, reject) => {
    connection.on('error', reject)
    connection.once('end', () => reject(Object.assign(new Error('connection closed'), { code: 'ECONNECTION' })))
    connection.connect((error) => {
      if (error) return reject(error)
      resolve(/^250[ -]SMTPUTF8\b/im.test(String(connection.lastServerResponse)))
      connection.quit()
      connection.close()
    })
  })
}
