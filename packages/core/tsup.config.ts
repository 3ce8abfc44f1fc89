import { defineConfig } from 'tsup'
import { thirdPartyLicenses } from './third-party-licenses.js'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
  // Of the libraries, what is used and nothing else: a third of the time to import, a tenth of the files to install. The types name zod's.
  noExternal: ['date-fns', 'eventemitter3', 'p-queue', 'zod'],
  esbuildPlugins: [thirdPartyLicenses('dist/THIRD-PARTY-LICENSES.txt')],
})
