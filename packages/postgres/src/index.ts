export type { PostgresClient, PostgresPool, PostgresPoolClient } from './driver.js'
export type { PostgresStorageOptions } from './options.js'
export { postgresStorage } from './postgres-storage.js'
