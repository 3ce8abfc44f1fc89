// Keeps the README's code the same as the example's: `node scripts/readme.mjs` writes it, `--check` fails when it differs.
import { readFileSync, writeFileSync } from 'node:fs'

const SOURCE = 'examples/quickstart/src/send-campaign.ts'
const source = readFileSync(SOURCE, 'utf8')
const region = source.match(/\/\/ #region readme\n([\s\S]*?)\n *\/\/ #endregion/)?.[1]
if (region === undefined) throw new Error(`${SOURCE} has no region named readme`)

const indent = region.match(/^ */)?.[0] ?? ''
const code = region.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
const readme = readFileSync('README.md', 'utf8')
const block = /(<!-- code: .*? -->\n```ts\n)[\s\S]*?(```)/
const written = readme.replace(block, (_, before, after) => `${before}${code}\n${after}`)

if (written !== readme && process.argv.includes('--check')) {
  process.stderr.write(`README.md does not show the code of ${SOURCE}. Run: node scripts/readme.mjs\n`)
  process.exit(1)
}
writeFileSync('README.md', written)
