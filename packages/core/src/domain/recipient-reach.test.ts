import { describe, expect, it } from 'vitest'
import { unreachableRecipients } from './recipient-reach.js'

const EMAIL = { email: 'jan@example.com' }
const PHONE = { msisdn: '4740769126' }
const TOKEN = { app_token: 'c6OE_joK28g' }

describe('unreachableRecipients', () => {
  it('finds those without an address for the channel', () => {
    expect(unreachableRecipients({ channel: 'email', recipients: [EMAIL, PHONE, TOKEN] })).toEqual([1, 2])
    expect(unreachableRecipients({ channel: 'sms', recipients: [EMAIL, PHONE, TOKEN] })).toEqual([0, 2])
    expect(unreachableRecipients({ channel: 'push', recipients: [EMAIL, PHONE, TOKEN] })).toEqual([0, 1])
  })

  it('is content with one of several channels', () => {
    expect(unreachableRecipients({ channels: ['sms', 'email'], recipients: [EMAIL, PHONE, TOKEN] })).toEqual([2])
  })

  it('leaves members to the host', () => {
    expect(unreachableRecipients({ channel: 'email', recipients: [{ member_id: 150 }] })).toEqual([])
  })

  it("leaves out channels that the preference does not list; the recipient's own goes first", () => {
    const channels = ['sms', 'email']
    expect(unreachableRecipients({ channels, channelsPreference: ['sms'], recipients: [EMAIL, PHONE] })).toEqual([0])
    const own = { ...EMAIL, channelsPreference: ['email'] }
    expect(unreachableRecipients({ channels, channelsPreference: ['sms'], recipients: [own] })).toEqual([])
  })

  it("knows addresses on channels of the host's own", () => {
    expect(unreachableRecipients({ channel: 'whatsapp', recipients: [PHONE, { whatsapp: '4740769126' }] })).toEqual([0])
  })

  it('asks nothing where no channel is named', () => {
    expect(unreachableRecipients({ recipients: [EMAIL] })).toEqual([])
    expect(unreachableRecipients({ channel: 'email' })).toEqual([])
  })
})
