import { describe, expect, it } from 'vitest'
import { JOB_STATUSES } from '../model/job.js'
import { sendingDefinitionSchema } from '../model/sending.js'
import { SENDING_STATUSES } from '../model/sending-status.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { sendingAfterJob } from './sending-after-job.js'

const definition = sendingDefinitionSchema.parse({ message: { content: { text: 'Hello' } } })
const SENDING: SendingRecord = {
  id: 's',
  definition,
  status: 'transmitting',
  createdAt: 0,
  wakeAt: 9,
  state: '',
  version: 3,
}

describe('sendingAfterJob', () => {
  it('ends a sending that is transmitting and has nothing open, and lets it sleep', () => {
    const after = sendingAfterJob(SENDING, { status: 'completed' }, 7)
    expect(after).toEqual({ ...SENDING, status: 'transmitted', finishedAt: 7, wakeAt: undefined })
  })

  it('changes nothing else', () => {
    for (const status of SENDING_STATUSES) {
      for (const job of JOB_STATUSES) {
        const sending = { ...SENDING, status }
        if (status !== 'transmitting' || job !== 'completed')
          expect(sendingAfterJob(sending, { status: job }, 7)).toBe(sending)
      }
    }
  })
})
