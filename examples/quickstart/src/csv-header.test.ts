import { describe, expect, it } from 'vitest'
import { readHeader } from './csv-header.js'

describe('readHeader', () => {
  it.each(['email', 'Email', ' E-MAIL ', 'E mail', 'e_mail'])('finds the address under %j', (name) => {
    expect(readHeader(['Id', name])).toEqual({ columns: ['id', 'email'], emailAt: 1 })
  })

  it('names columns so that templates can say them', () => {
    expect(readHeader(['Email', 'First  Name', 'Время', '', '', '__proto__']).columns).toEqual([
      'email',
      'first_name',
      'время',
      'column_4',
      'column_5',
      '__proto__',
    ])
  })

  it('names the columns it found when none is the address', () => {
    expect(() => readHeader(['Name', 'Mail "x"'])).toThrow(
      'the header has no column "email". Its columns are: "name", "mail_\\"x\\""',
    )
  })

  it('refuses two columns of one name', () => {
    expect(() => readHeader(['email', 'Name', 'E-Mail'])).toThrow(
      'columns 1 and 3 of the header are both named "email". Rename one of them',
    )
  })
})
