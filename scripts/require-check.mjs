// Packages are ES modules only. This makes sure that `require` finds them too, as Node 20.19 promises.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

for (const folder of readdirSync('packages')) {
  const manifest = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8'))
  if (manifest.private) continue
  const require = createRequire(new URL(`../packages/${folder}/package.json`, import.meta.url))
  const exported = Object.keys(require(`./dist/index.js`))
  if (exported.length === 0) throw new Error(`${manifest.name} exports nothing`)
  process.stderr.write(`require('${manifest.name}'): ${exported.length} exports\n`)
}
