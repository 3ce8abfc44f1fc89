// All that `npm test` checks, in order of how soon it fails. Ends with one line: how many tests passed and failed.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { attempt, run } from './pnpm.mjs'

const RESULTS = '.setup/tests.json'
const bin = (name) => `node_modules/.bin/${name}${process.platform === 'win32' ? '.cmd' : ''}`

run(bin('biome'), ['check', '--error-on-warnings', '.'])
run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
run(bin('tsc'), ['-p', 'packages/core/tsconfig.pure.json'])
run(process.execPath, ['scripts/readme.mjs', '--check'])
run(bin('tsx'), ['--tsconfig', 'tsconfig.json', 'scripts/lifecycle-diagram.ts', '--check'])
run(process.execPath, ['scripts/require-check.mjs'])

rmSync(RESULTS, { force: true })
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`]
const code = attempt(bin('vitest'), ['run', '--config', 'vitest.workspace.ts', ...reporters, ...process.argv.slice(2)])
if (existsSync(RESULTS)) {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(RESULTS, 'utf8'))
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)
}
process.exit(code)
