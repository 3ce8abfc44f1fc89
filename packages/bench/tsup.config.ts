import { defineConfig } from 'tsup'

/** Compiled, not run from source: a loader of TypeScript takes memory of its own and rewrites functions, and both would be measured. */
export default defineConfig({
  entry: ['src/main.ts', 'src/child.ts', 'src/import-probe.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  clean: true,
})
