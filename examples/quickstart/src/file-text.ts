import { createReadStream } from 'node:fs'
import { TextDecoder } from 'node:util'
import { Refusal } from './refusal.js'

/** Byte-order marks, and the encodings they stand for. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
]

export interface FileTextOptions {
  /** Sees every byte, in order. */
  readonly onBytes?: (bytes: Uint8Array) => void
}

/**
 * Streams a file as text: UTF-8, or UTF-16 where a byte-order mark says so; the mark is left out. Every line ends with `\n`, however it
 * ends in the file.
 *
 * @throws Refusal for bytes that are no text of that encoding, naming the line: better than a thousand letters to "MÃ¼ller".
 */
export async function* fileText(path: string, { onBytes }: FileTextOptions = {}): AsyncGenerator<string> {
  const lines = new LineEnds()
  let decoder: TextDecoder | undefined
  for await (const bytes of createReadStream(path) as AsyncIterable<Uint8Array>) {
    onBytes?.(bytes)
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true })
    yield lines.normal(decode(decoder, bytes, lines.line))
  }
  if (decoder !== undefined) yield lines.normal(decode(decoder, undefined, lines.line)) + lines.end()
}

function encodingOf(head: Uint8Array): string {
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))
  if (mark === undefined && head.includes(0)) {
    throw new Refusal('this is no text, or UTF-16 without a byte-order mark. Save it as "CSV UTF-8"')
  }
  return mark?.encoding ?? 'utf-8'
}

/** Decodes a chunk that begins on `line`; without `bytes`, ends the text. */
function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, line: number): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined })
  } catch {
    const badLine = line + linesBefore(REPLACEMENT, new TextDecoder(decoder.encoding).decode(bytes, { stream: true }))
    throw new Refusal(`line ${badLine} is not ${decoder.encoding.toUpperCase()} text. Save the file as "CSV UTF-8"`)
  }
}

/** What a decoder that is not strict puts for bytes that are no text. */
const REPLACEMENT = '\ufffd'

/** A character cut in two by the start of the chunk stands there as up to three replacements: they are not what is looked for. */
function linesBefore(mark: string, text: string): number {
  const at = text.indexOf(mark, 3)
  return (text.slice(0, Math.max(at, 0)).match(/\r\n?|\n/g) ?? []).length
}

/** Turns `\r\n` and `\r` into `\n`, also where a chunk ends between the two. */
class LineEnds {
  /** The line that the next character stands on, counted from 1. */
  line = 1
  #held = ''

  normal(text: string): string {
    const whole = this.#held + text
    this.#held = whole.endsWith('\r') ? '\r' : ''
    const normal = (this.#held === '' ? whole : whole.slice(0, -1)).replace(/\r\n?/g, '\n')
    for (let at = normal.indexOf('\n'); at >= 0; at = normal.indexOf('\n', at + 1)) this.line += 1
    return normal
  }

  end(): string {
    return this.#held === '' ? '' : '\n'
  }
}
