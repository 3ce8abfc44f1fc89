import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Refusal } from './refusal.js'

export interface Arguments {
  readonly csv: string
  /** Where to send by; without it, a server on loopback that delivers nothing. */
  readonly smtp: URL | undefined
  readonly db: string
  readonly subject: string
  readonly template: Template
  readonly from: string
  readonly concurrency: number
}

/** A template's text, and which part of the message it is. */
export interface Template {
  readonly part: 'html' | 'text'
  readonly source: string
}

export const USAGE = `Usage: npm run quickstart -- [options]

  --csv FILE         recipients: a header row with at least "email"      (default: a thousand made-up people)
  --smtp URL         such as smtps://user:password@mail.example.com      (default: a server on loopback that delivers nothing)
  --db FILE          where the job is kept; the same again goes on       (default: broadside-quickstart.db)
  --subject TEXT     Liquid; every column of the CSV is a variable
  --template FILE    Liquid; .html is HTML, anything else is plain text
  --from ADDRESS     such as "Ann Example <ann@example.com>"
  --concurrency N    messages under way at once, 1 to 1000               (default: 10)
  --help`

const shipped = (file: string): string => fileURLToPath(new URL(`../data/${file}`, import.meta.url))

const OPTIONS = {
  csv: { type: 'string', default: shipped('recipients.csv') },
  smtp: { type: 'string' },
  db: { type: 'string', default: 'broadside-quickstart.db' },
  subject: { type: 'string', default: 'News for {{ first_name | default: "you" }}' },
  template: { type: 'string', default: shipped('message.html.liquid') },
  from: { type: 'string', default: 'Broadside <quickstart@example.com>' },
  concurrency: { type: 'string', default: '10' },
  help: { type: 'boolean', default: false },
} as const

/**
 * Reads the command line; `help` when that is all that is asked for.
 *
 * @throws Refusal that names the option and what is wrong with it.
 */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const given = parsed(args)
  if (given.help) return 'help'
  const csv = existingFile('--csv', given.csv)
  return {
    csv,
    smtp: given.smtp === undefined ? undefined : smtpUrl(given.smtp),
    db: databaseFile(given.db, csv),
    subject: oneLine('--subject', given.subject),
    template: template(existingFile('--template', given.template)),
    from: address(given.from),
    concurrency: concurrency(given.concurrency),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)} (--help lists the options)`)
  }
}

function existingFile(option: string, path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new Refusal(`${option}: there is no file ${JSON.stringify(path)}`)
  // Read more than once, so a pipe won't do either.
  if (!stats.isFile()) throw new Refusal(`${option}: ${path} is not a regular file`)
  return path
}

function databaseFile(path: string, csv: string): string {
  if (path === '') throw new Refusal('--db needs the name of a file')
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && !stats.isFile()) throw new Refusal(`--db: ${path} is not a regular file`)
  const isFolder = statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()
  if (!isFolder) throw new Refusal(`--db: there is no folder ${dirname(path)}`)
  if (stats !== undefined && stats.ino === statSync(csv).ino) throw new Refusal('--db and --csv are the same file')
  return path
}

/** The password in it is shown nowhere. */
function smtpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new Refusal('--smtp: this is no smtp:// or smtps:// URL; such as smtps://user:password@mail.example.com')
  }
  return url
}

function oneLine(option: string, text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Refusal(`${option}: must be one line of visible text`)
  return text
}

function template(path: string): Template {
  const source = readFileSync(path)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(source)
    return { part: /\.html?\b/i.test(path) ? 'html' : 'text', source: text }
  } catch {
    throw new Refusal(`--template: ${path} is not UTF-8 text`)
  }
}

function address(text: string): string {
  const bare = /^[^<>]*<([^<>]*)>\s*$/.exec(text)?.[1] ?? text
  if (/\p{Cc}/u.test(text) || !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(bare.trim())) {
    throw new Refusal(`--from: ${JSON.stringify(text)} is no e-mail address; such as "Ann Example <ann@example.com>"`)
  }
  return text
}

function concurrency(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= 1000) return number
  throw new Refusal(`--concurrency: ${JSON.stringify(text)} is no whole number from 1 to 1000`)
}
