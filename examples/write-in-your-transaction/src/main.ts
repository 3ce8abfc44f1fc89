import { startPostgres } from '@broadside/local-postgres'
import { showBothEnds } from './show-both-ends.js'

const own = process.env.DATABASE_URL === undefined ? await startPostgres() : undefined
const url = own?.url ?? process.env.DATABASE_URL ?? ''
try {
  await showBothEnds({ url, schema: 'broadside_example', print: (line) => process.stdout.write(`${line}\n`) })
} finally {
  await own?.stop()
}
