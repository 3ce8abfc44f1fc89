import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Manifest, manifestOf } from '../node-versions.js'

/** A package of ours that is published. */
export interface OwnPackage {
  readonly name: string
  readonly directory: string
  /** Where it is imported from. */
  readonly url: string
}

const PACKAGES = fileURLToPath(new URL('../../', import.meta.url))

export function ownPackages(): readonly OwnPackage[] {
  return readdirSync(PACKAGES)
    .filter((folder) => existsSync(`${PACKAGES}${folder}/package.json`))
    .map((folder): OwnPackage & { readonly manifest: Manifest } => {
      const directory = `${PACKAGES}${folder}`
      const manifest: Manifest = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'))
      return { name: manifest.name, directory, url: pathToFileURL(`${directory}/dist/index.js`).href, manifest }
    })
    .filter(({ manifest }) => manifest.private !== true)
}

export const PEER_PACKAGES = ['pg-boss', 'graphile-worker', 'plainjob', 'bullmq'] as const

/** With its version, as npm is asked for it. */
export function pinned(name: string): string {
  return `${name}@${manifestOf(name).version}`
}
