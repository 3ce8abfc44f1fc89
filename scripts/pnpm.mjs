import { spawnSync } from 'node:child_process'

/** The version the lockfile was made with; npx fetches it, so nothing but npm has to be there. */
const PNPM = 'pnpm@10.34.9'

/** Runs a command with its output on stderr, so that a script's own standard output stays clean; returns its exit code. */
export function attempt(command, args) {
  const shell = process.platform === 'win32'
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], shell })
  if (status === 0) return 0
  process.stderr.write(
    `\n${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` with exit code ${status}`}\n`,
  )
  return status || 1
}

/** As {@link attempt}, but ends the process when the command fails. */
export function run(command, args) {
  const code = attempt(command, args)
  if (code !== 0) process.exit(code)
}

export function pnpm(...args) {
  run('npx', ['-y', PNPM, ...args])
}

export function attemptPnpm(...args) {
  return attempt('npx', ['-y', PNPM, ...args])
}
