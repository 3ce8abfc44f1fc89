import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))

export interface BuildWorkerParams {
  /** The package whose dependencies the worker uses: its folder in `packages`. */
  readonly name: string
  /** What it imports that can't be bundled. */
  readonly external: readonly string[]
}

/**
 * Makes of `test/worker.ts` of a package a program that plain node runs, and returns its path. Several are started at a time,
 * and none of them should first have to compile TypeScript.
 */
export async function buildWorker({ name, external }: BuildWorkerParams): Promise<string> {
  const root = join(PACKAGES, name)
  const outDir = mkdtempSync(join(root, 'node_modules', '.worker-'))
  try {
    await build({
      entry: [join(root, 'test/worker.ts')],
      outDir,
      format: 'esm',
      splitting: false,
      config: false,
      silent: true,
      noExternal: [/^@broadside\//],
      external: [...external],
      esbuildOptions: (options) => {
        options.alias = Object.fromEntries(
          ['core', 'storage-testkit'].map((each) => [`@broadside/${each}`, join(PACKAGES, each, 'src/index.ts')]),
        )
      },
    })
    // Test files that run at the same time each make it: one that is being written would be read by halves.
    const modulePath = join(root, 'node_modules', '.worker.mjs')
    renameSync(join(outDir, 'worker.js'), modulePath)
    return modulePath
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}
