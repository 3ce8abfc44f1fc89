import { startServer } from './server.js'

/** One server for all test files: those find it in the environment. Without this each file starts one. */
export default async function setup(): Promise<() => Promise<void>> {
  const { url, stop } = await startServer()
  process.env.DATABASE_URL = url
  return stop
}
