import { afterAll, expect, it } from 'vitest'
import { sendAndLookAgain } from '../src/send-and-look-again.js'
import { removeScratch, scratchDirectory } from './scratch.js'

afterAll(removeScratch)

it('sends, and finds it all again when it opens the storage a second time', async () => {
  const lines: string[] = []
  await sendAndLookAgain({ path: scratchDirectory(), people: 2_500, print: (line) => lines.push(line) })
  expect(lines.slice(-5)).toEqual([
    'Closed and opened again:',
    '  1 job; this one is completed',
    '  2500 received, 2498 enqueued, 2 error',
    '  2 × UNKNOWN_DOMAIN, such as',
    '    999 person-1000: There is no domain for person1000@nowhere.example.',
  ])
})
