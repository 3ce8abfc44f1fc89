import { describe, expect, it } from 'vitest'
import { detectDelimiter } from './csv-delimiter.js'

describe('detectDelimiter', () => {
  it.each([
    ['email,name\na,b;c;d;e\n', ','],
    ['email;name\na;b,c\n', ';'],
    ['email\tname, first\na\tb\n', '\t'],
    ['email;"last, first"\n', ';'],
    ['email;last, first, middle\n', ';'],
    ['"e-mail", "a;b;c"\n', ','],
    ['email\n', ','],
    ['name;street;town\n', ';'],
    ['\n\nemail;name\n', ';'],
    ['email;name\n"not closed in this chunk', ';'],
    ['', ','],
  ])('of %j is %j', (head, delimiter) => {
    expect(detectDelimiter(head)).toBe(delimiter)
  })
})
