import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/main.ts', 'src/processes/worker.ts', 'src/processes/writer.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  clean: true,
})
