// npm run example -- NAME [arguments]: runs a folder of examples/.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

const [name = '', ...args] = process.argv.slice(2)
const main = `examples/${name}/dist/main.js`
if (!/^[\w-]+$/.test(name) || !existsSync(main)) {
  const names = readdirSync('examples').filter((folder) => existsSync(`examples/${folder}/package.json`))
  process.stderr.write(`There is no example ${JSON.stringify(name)}. There are: ${names.join(', ')}.\n`)
  process.exit(1)
}

const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' })
// Ctrl-C reaches the child by itself; it decides when to end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)))
