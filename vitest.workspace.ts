import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))
const projects = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, root: `${root}${folder}/${entry.name}` })),
)

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
        testTimeout: 30_000,
        hookTimeout: 30_000,
      },
    })),
  },
})
