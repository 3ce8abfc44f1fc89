import { startPostgres } from '@broadside/local-postgres'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { showBothEnds } from '../src/show-both-ends.js'

const own = process.env.DATABASE_URL === undefined ? await startPostgres({ durable: false }) : undefined
const url = own?.url ?? process.env.DATABASE_URL ?? ''
const schema = `example_${process.pid}`
afterAll(async () => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`drop schema if exists ${schema} cascade`)
  await client.end()
  await own?.stop()
})

it('leaves nothing of what is rolled back, and sends what commits', async () => {
  const lines: string[] = []
  await showBothEnds({ url, schema, print: (line) => lines.push(line.trim()) })
  expect(lines.slice(0, 4)).toEqual([
    'A recall that is rolled back:',
    'the shop changed its mind',
    'recalls: 0, jobs: 0',
    'A recall that commits:',
  ])
  expect(lines.slice(4, -1).sort()).toEqual([
    'to ann@example.com: Recall: kettle',
    'to bob@example.com: Recall: kettle',
    'to cy@example.com: Recall: kettle',
  ])
  expect(lines.at(-1)).toBe('recalls: 1, jobs: 1')
})
