import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))
const projects = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, root: `${root}${folder}/${entry.name}` })),
)

/** Here leases of a few seconds run out if something else takes the processors: after all others, and one file at a time. */
const ALONE: readonly string[] = ['chaos']
/** Vitest leaves one processor free: of two, that is half of what there is. */
const workers = Math.max(2, availableParallelism() - 1)

/** One project a package; imports of `@broadside/*` are taken from source, so no build is needed to test. */
export default defineConfig({
  test: {
    projects: projects.map(({ name, root: projectRoot }) => ({
      resolve: {
        alias: [{ find: /^@broadside\/([\w-]+)$/, replacement: `${root}packages/$1/src/index.ts` }],
      },
      test: {
        name,
        root: projectRoot,
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        maxWorkers: ALONE.includes(name) ? 1 : workers,
        sequence: { groupOrder: ALONE.includes(name) ? 1 : 0 },
        testTimeout: 30_000,
        hookTimeout: 30_000,
      },
    })),
  },
})
