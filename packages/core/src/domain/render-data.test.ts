import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestUser } from '../model/user.js'
import { anyKey, bagOf } from './hostile.fixture.js'
import { localeOf, renderData } from './render-data.js'

const bag = fc.option(bagOf(fc.integer()), { nil: undefined })

describe('renderData', () => {
  it('is message data, under `to.data`, under the user’s own, whatever the names', () => {
    fc.assert(
      fc.property(bag, bag, bag, anyKey, (messageData, toData, userData, asked) => {
        const user = { to: { data: toData }, data: userData, profile: { email: 'a@b.no' } }
        const data = renderData({ messageData, user, recipient: 'ann' })
        for (const name of [asked, ...Object.keys({ ...messageData, ...toData, ...userData })]) {
          const model = [userData, toData, messageData].find((one) => one !== undefined && Object.hasOwn(one, name))
          if (model !== undefined) expect(data[name]).toBe(model[name])
          else if (name !== 'profile' && name !== 'recipient') expect(data[name]).toBeUndefined()
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('has the profile and the recipient, where no data goes by those names', () => {
    const user = { profile: { email: 'a@b.no' }, data: { n: 1 } }
    expect({ ...renderData({ messageData: undefined, user, recipient: 'ann' }) }).toEqual({
      profile: { email: 'a@b.no' },
      recipient: 'ann',
      n: 1,
    })
    const own = renderData({
      messageData: { recipient: 'mine' },
      user: { data: { profile: 'mine' } },
      recipient: 'ann',
    })
    expect({ ...own }).toEqual({ profile: 'mine', recipient: 'mine' })
    expect(renderData({ messageData: undefined, user: {}, recipient: 'ann' }).profile).toEqual({})
  })

  it('is not deep: a bag within a bag is replaced as a whole', () => {
    const user = { data: { order: { id: 7 } } }
    const data = renderData({ messageData: { order: { id: 1, total: 3 } }, user, recipient: 'ann' })
    expect(data.order).toEqual({ id: 7 })
  })

  it('makes nothing of a prototype that somebody wrote into the data', () => {
    const user: IngestUser = JSON.parse('{"data":{"__proto__":{"isAdmin":true}},"to":{"data":{"constructor":1}}}')
    const data = renderData({ messageData: undefined, user, recipient: 'ann' })
    expect(data.isAdmin).toBeUndefined()
    expect(data.constructor).toBe(1)
    expect(Object.getPrototypeOf(data)).toBeNull()
  })
})

describe('localeOf', () => {
  it.each<[IngestUser, string | undefined]>([
    [{ to: { locale: 'nb' }, profile: { locale: 'en' } }, 'nb'],
    [{ profile: { locale: 'en' } }, 'en'],
    [{ to: { locale: '' }, profile: { locale: 'en' } }, 'en'],
    [{ to: { locale: ' ' } }, undefined],
    [{ profile: { locale: 7 } }, undefined],
    [{ profile: { locale: { en: true } } }, undefined],
    [{}, undefined],
  ])('of %j is %j', (user, locale) => {
    expect(localeOf(user)).toBe(locale)
  })
})
