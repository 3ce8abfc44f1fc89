import { describe, expect, it } from 'vitest'
import { redactor } from './redact.js'

const encoded = (text: string): string => Buffer.from(text).toString('base64')

describe('redactor', () => {
  it('takes out a password, as it is and as SMTP encodes it', () => {
    const redact = redactor({ user: 'ann', pass: 'open sesame' })
    expect(redact(`535 ${encoded('\0ann\0open sesame')}: ${encoded('open sesame')} is open sesame, ann`)).toBe(
      '535 ***: *** is ***, ann',
    )
  })

  it('takes out tokens', () => {
    const redact = redactor({
      type: 'OAuth2',
      user: 'ann',
      accessToken: 'token-1',
      clientSecret: 'secret-1',
      refreshToken: 'refresh-1',
    })
    expect(redact('token-1 secret-1 refresh-1')).toBe('*** *** ***')
  })

  it('leaves texts alone where there is nothing to hide', () => {
    expect(redactor(undefined)('550 no')).toBe('550 no')
    expect(redactor({ user: 'a', pass: '550' })('550 no')).toBe('550 no')
  })
})
