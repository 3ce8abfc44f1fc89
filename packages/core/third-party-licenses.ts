import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Writes the licences of all packages that were bundled into one file beside the bundle, as they ask for. Fails where one has none. */
export function thirdPartyLicenses(file: string): Plugin {
  return {
    name: 'third-party-licenses',
    setup(build) {
      build.initialOptions.metafile = true
      build.onEnd(({ metafile }) => {
        const inputs = Object.keys(metafile?.inputs ?? {}).filter((input) => input.includes('node_modules/'))
        const roots = [...new Set(inputs.map(packageRoot))].sort()
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, roots.map(licenseOf).join('\n\n'))
      })
    },
  }
}

/** The innermost `node_modules/name` or `node_modules/@scope/name` of a path. */
function packageRoot(path: string): string {
  const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)
  if (!found) throw new Error(`${path} belongs to no package`)
  return found[0]
}

function licenseOf(root: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no licence file`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(root, file), 'utf8').trim()}\n`
}
