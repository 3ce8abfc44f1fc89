import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Scratch } from '../test/scratch.js'
import { readArguments } from './arguments.js'
import { Refusal } from './refusal.js'

describe('readArguments', () => {
  it('needs none', () => {
    expect(readArguments([])).toMatchObject({
      csv: expect.stringMatching(/data[/\\]recipients\.csv$/),
      smtp: undefined,
      db: 'broadside-quickstart.db',
      template: { part: 'html', source: expect.stringContaining('{{ first_name') },
      concurrency: 10,
    })
  })

  it('takes all of them', () => {
    using scratch = new Scratch()
    const csv = scratch.file('people.csv', 'email\n')
    const template = scratch.file('letter.txt', 'Hello {{ name }}')
    const args = [
      ...['--csv', csv, '--smtp', 'smtps://ann:p%40ss@mail.example.com:465', '--db', scratch.path('a.db')],
      ...['--subject', 'Grüße', '--template', template, '--from', 'Ann <ann@example.com>', '--concurrency', '1000'],
    ]
    expect(readArguments(args)).toEqual({
      csv,
      smtp: new URL('smtps://ann:p%40ss@mail.example.com:465'),
      db: scratch.path('a.db'),
      subject: 'Grüße',
      template: { part: 'text', source: 'Hello {{ name }}' },
      from: 'Ann <ann@example.com>',
      concurrency: 1000,
    })
    expect(readArguments(['--help'])).toBe('help')
  })

  it.each(['letter.html', 'letter.HTM', 'letter.html.liquid'])('takes %s for HTML', (name) => {
    using scratch = new Scratch()
    const args = readArguments(['--template', scratch.file(name, '')])
    expect(args).toMatchObject({ template: { part: 'html' } })
  })

  it('refuses what can not be, and says which option', () => {
    using scratch = new Scratch()
    const folder = scratch.path('folder')
    mkdirSync(folder)
    const csv = scratch.file('people.csv', 'email\n')
    const latin1 = scratch.file('letter.txt', Buffer.from('Gr\xfc\xdfe', 'latin1'))
    const refused: [string[], string][] = [
      [['--subjekt', 'x'], "Unknown option '--subjekt'"],
      [['people.csv'], "Unexpected argument 'people.csv'"],
      [['--csv'], "Option '--csv <value>' argument missing"],
      [['--csv', ''], '--csv: there is no file ""'],
      [['--csv', scratch.path('none.csv')], '--csv: there is no file '],
      [['--csv', folder], 'is not a regular file'],
      [['--db', ''], '--db needs the name of a file'],
      [['--db', folder], '--db: '],
      [['--db', scratch.path('none/a.db')], '--db: there is no folder '],
      [['--csv', csv, '--db', csv], '--db and --csv are the same file'],
      [['--smtp', 'mail.example.com'], '--smtp: this is no smtp:// or smtps:// URL'],
      [['--smtp', 'http://ann:secret@mail.example.com'], '--smtp: this is no smtp://'],
      [['--subject', 'a\nBcc: b@example.com'], '--subject: must be one line'],
      [['--template', latin1], 'is not UTF-8 text'],
      [['--template', folder], '--template: '],
      [['--from', 'ann'], '--from: "ann" is no e-mail address'],
      [['--from', 'Ann <ann@example.com'], '--from: '],
      [['--from', 'ann@example.com, bob@example.com'], '--from: '],
      [['--from', 'ann@example.com\nBcc: b@example.com'], '--from: '],
      ...['', '0', '1001', 'ten', '1.5', '-1', '1e2', ' 5'].map((n): [string[], string] => [
        [`--concurrency=${n}`],
        `--concurrency: ${JSON.stringify(n)} is no whole number`,
      ]),
    ]
    for (const [args, message] of refused) {
      const read = () => readArguments(args)
      expect(read, args.join(' ')).toThrow(Refusal)
      expect(read).toThrow(message)
      expect(read).not.toThrow('secret')
    }
  })
})
