import { BroadsideError } from '@broadside/core'
import type { SmtpServerOptions } from './options.js'

/** Server options with the URL taken apart; what stands beside the URL wins. */
export type ServerOptions = Omit<SmtpServerOptions, 'url' | 'host'> & { readonly host: string }

/** @throws BroadsideError `INVALID_INPUT`; its message holds nothing of the URL, which may have a password in it. */
export function serverOptions({ url, ...given }: SmtpServerOptions): ServerOptions {
  const options = { ...(url === undefined ? {} : fromUrl(url)), ...definedOnly(given) }
  if (options.host === undefined)
    throw new BroadsideError('INVALID_INPUT', 'smtpChannel needs url, host or transporter')
  return { ...options, host: options.host }
}

function fromUrl(text: string): SmtpServerOptions {
  const url = parsed(text)
  if (url.search !== '') {
    throw new BroadsideError('INVALID_INPUT', 'url must have no query: give those options beside it')
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    secure: url.protocol === 'smtps:' ? true : undefined,
    port: url.port === '' ? undefined : Number(url.port),
    auth: url.username === '' ? undefined : { user: decoded(url.username), pass: decoded(url.password) },
  }
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return url
  throw new BroadsideError(
    'INVALID_INPUT',
    'url must be smtp://host or smtps://host, with user:password@ and :port as needed',
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new BroadsideError('INVALID_INPUT', 'user or password in url has a % that is not percent-encoded as %25')
  }
}

function definedOnly<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}
