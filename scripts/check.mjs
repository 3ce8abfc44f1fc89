// All that `npm test` checks, in order of how soon it fails.
import { run } from './pnpm.mjs'

const bin = (name) => `node_modules/.bin/${name}${process.platform === 'win32' ? '.cmd' : ''}`

run(bin('biome'), ['check', '--error-on-warnings', '.'])
run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
run(bin('tsc'), ['-p', 'packages/core/tsconfig.pure.json'])
run(process.execPath, ['scripts/require-check.mjs'])
run(bin('vitest'), ['run', '--config', 'vitest.workspace.ts', ...process.argv.slice(2)])
