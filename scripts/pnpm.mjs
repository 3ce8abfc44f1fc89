import { spawnSync } from 'node:child_process'

/** The version the lockfile was made with; npx fetches it, so nothing but npm has to be there. */
const PNPM = 'pnpm@10.34.9'

/** Runs a command with its output on stderr, so that a script's own standard output stays clean. Ends the process when it fails. */
export function run(command, args) {
  const shell = process.platform === 'win32'
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], shell })
  if (status === 0) return
  process.stderr.write(
    `\n${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` with exit code ${status}`}\n`,
  )
  process.exit(status || 1)
}

export function pnpm(...args) {
  run('npx', ['-y', PNPM, ...args])
}
