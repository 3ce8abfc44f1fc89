// Installs and builds what has changed since the last time. Each of the README's commands begins with it.
import { existsSync, readdirSync } from 'node:fs'
import { attemptPnpm, pnpm } from './pnpm.mjs'
import { hashOf, onceFor } from './stamp.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Broadside needs Node 20.19 or newer; this is ${process.version}.\n`)
  process.exit(1)
}

const members = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(folder).map((name) => `${folder}/${name}/package.json`),
)
const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...members]
const place = `${process.cwd()} ${process.version} `
const installed = existsSync('node_modules/.modules.yaml') ? '' : 'no'
onceFor('installed', place + installed + hashOf(manifests), () => {
  process.stderr.write(
    'Installing. The first time this takes a minute or two: better-sqlite3 may have to be compiled.\n',
  )
  // Frozen by itself in CI. Elsewhere a package or example of your own may be new.
  pnpm('install', '--prefer-frozen-lockfile', '--reporter=append-only', '--loglevel=warn')
})

onceFor('built', place + hashOf([...manifests, 'tsconfig.base.json', 'packages', 'examples']), () => {
  process.stderr.write('Building.\n')
  const build = ['--recursive', '--reporter=append-only', 'run', 'build']
  // A build that fails is made again with all that it says.
  if (attemptPnpm('--loglevel=warn', ...build) !== 0) pnpm(...build)
})
