import type { SmtpServerOptions } from '../options.js'

/** Gives a text without the secrets in it. */
export type Redact = (text: string) => string

/** Passwords too short to be one are left: taking every `a` out of a text helps nobody. */
const MIN_LENGTH = 4

/** Takes secrets out of texts: some servers repeat what they were sent, as it was or encoded. */
export function redactor(auth: SmtpServerOptions['auth']): Redact {
  const secrets = secretsOf(auth).filter((secret) => secret.length >= MIN_LENGTH)
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
}

function secretsOf(auth: SmtpServerOptions['auth']): readonly string[] {
  if (!auth) return []
  const given = 'pass' in auth ? [auth.pass] : [auth.accessToken, auth.refreshToken, auth.clientSecret]
  const secrets = given.filter((secret) => secret !== undefined)
  return secrets.flatMap((secret) => [base64(`\0${auth.user}\0${secret}`), base64(secret), secret])
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
