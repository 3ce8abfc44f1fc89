import { readArguments, USAGE } from './arguments.js'
import { failureLine } from './failure-line.js'
import { quickstart } from './quickstart.js'

try {
  const args = readArguments(process.argv.slice(2))
  if (args === 'help') process.stdout.write(`${USAGE}\n`)
  else process.exitCode = await quickstart(args)
} catch (error) {
  const line = failureLine(error)
  if (line === undefined) throw error
  process.stderr.write(`quickstart: ${line}\n`)
  process.exitCode = 1
}
