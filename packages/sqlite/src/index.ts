export type { SqliteHandle } from './driver.js'
export type { SqliteStorageOptions } from './options.js'
export { sqliteStorage } from './sqlite-storage.js'
export type { Timers } from './timers.js'
