import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Scratch } from '../test/scratch.js'
import { fileText } from './file-text.js'
import { Refusal } from './refusal.js'

async function textOf(content: string | Uint8Array): Promise<string> {
  using scratch = new Scratch()
  let text = ''
  for await (const chunk of fileText(scratch.file('some.csv', content))) text += chunk
  return text
}

function utf16(text: string, order: 'le' | 'be'): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

describe('fileText', () => {
  it('is the text of a file in any of the encodings that a byte-order mark tells, without the mark', async () => {
    const text = 'email\nΣοφία@example.com 🎉\n'
    expect(await textOf(text)).toBe(text)
    expect(await textOf(`\ufeff${text}`)).toBe(text)
    expect(await textOf(utf16(text, 'le'))).toBe(text)
    expect(await textOf(utf16(text, 'be'))).toBe(text)
    expect(await textOf('')).toBe('')
  })

  it('ends every line with \\n, wherever the file is cut into chunks', async () => {
    const pieces = fc.constantFrom('\r\n', '\r', '\n', 'a', 'é', '🎉')
    // Chunks of a file are 64 KiB: the padding moves their edge into the pieces.
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), fc.integer({ min: 0, max: 12 }), async (some, shift) => {
        const text = 'x'.repeat(65_536 - shift) + some.join('')
        expect(await textOf(text)).toBe(text.replace(/\r\n|\r/g, '\n'))
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['in the first chunk', 1, 'a\r\nb\rc\n'],
    ['after a chunk that ends in the middle of a letter', 0, `${'x'.repeat(65_535)}é\n\n\n`],
  ])('names the line of bytes that are no text, %s', async (_where, _n, before) => {
    const content = Buffer.concat([Buffer.from(before), Buffer.from('M\xfcller\n', 'latin1')])
    await expect(textOf(content)).rejects.toThrow(new Refusal('line 4 is not UTF-8 text. Save the file as "CSV UTF-8"'))
  })

  it('refuses a file that ends in the middle of a letter', async () => {
    await expect(textOf(Buffer.from('a\né').subarray(0, 3))).rejects.toThrow('line 2 is not UTF-8 text')
  })

  it('refuses what is no text at all', async () => {
    await expect(textOf(Buffer.from('email\nann@example.com', 'utf16le'))).rejects.toThrow('no text')
  })

  it('shows every byte, in order, to whoever wants to see them', async () => {
    using scratch = new Scratch()
    const content = Buffer.from(`\ufeffa\r\n${'x'.repeat(200_000)}`)
    const seen: Uint8Array[] = []
    for await (const _text of fileText(scratch.file('some.csv', content), { onBytes: (bytes) => seen.push(bytes) }));
    expect(Buffer.concat(seen).equals(content)).toBe(true)
  })
})
