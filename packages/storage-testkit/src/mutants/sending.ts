import type { ChangeSendingParams, SendingChange, SendingRecord, SendingStorage, Storage } from '@broadside/core'
import { needsSendings } from '../fixtures/sendings.js'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'
import { wrapSendings } from './wrap-sendings.js'

const both = ['cases', 'model'] as const

/** Changes what every answer with a sending shows. */
function showing(storage: Storage, show: (sending: SendingRecord) => SendingRecord): Storage {
  const shown = (sending: SendingRecord | undefined) => sending && show(sending)
  const inAnswer = ({ sending, ...answer }: SendingChange) => ({ ...answer, sending: shown(sending) })
  return wrapSendings(storage, (sendings) => ({
    getSending: async (id) => shown(await sendings.getSending(id)),
    listSendings: async (params) => (await sendings.listSendings(params)).map(show),
    changeSending: async (params) => inAnswer(await sendings.changeSending(params)),
    deleteSending: async (params) => inAnswer(await sendings.deleteSending(params)),
  }))
}

/** What one method completes leaves the sending as it was. */
function notCompleting(method: 'settle' | 'reap' | 'transitionJob' | 'reviseItems'): Mutant['breaks'] {
  return (storage) => {
    const left = new Map<string, SendingRecord>()
    const standing = async () => {
      const list = { sortBy: 'createdAt', sortDir: 'asc', limit: 1000 } as const
      return new Map((await storage.sendings?.listSendings(list))?.map((sending) => [sending.id, sending]))
    }
    const broken = wrap(storage, {
      [method]: async (params: never) => {
        const before = await standing()
        const answer = await (storage[method] as (params: never) => Promise<unknown>)(params)
        for (const [id, { status }] of await standing()) {
          const was = before.get(id)
          if (was && status === 'transmitted' && was.status === 'transmitting') left.set(id, was)
        }
        return answer
      },
    })
    return showing(broken, (sending) =>
      sending.status === 'transmitted' ? (left.get(sending.id) ?? sending) : sending,
    )
  }
}

/** Puts a version to a change that was read just now. */
function withLatest(
  change: (sendings: SendingStorage, params: ChangeSendingParams, latest: SendingRecord) => Promise<SendingChange>,
): Mutant['breaks'] {
  return (storage) =>
    wrapSendings(storage, (sendings) => ({
      changeSending: async (params) => {
        const latest = await sendings.getSending(params.sending.id)
        return latest ? change(sendings, params, latest) : sendings.changeSending(params)
      },
    }))
}

function changingInSpiteOfARefusedStep(storage: Storage): Storage {
  return wrapSendings(storage, (sendings) => ({
    changeSending: async ({ job, ...params }) => {
      const result = await sendings.changeSending({ ...params, job })
      return result.job?.applied === false ? sendings.changeSending(params) : result
    },
  }))
}

/** Takes the step in a transaction of its own, before it looks at the version. */
function steppingBeforeLooking(storage: Storage): Storage {
  return wrapSendings(storage, (sendings) => ({
    changeSending: async ({ job, ...params }) => {
      const { id, jobId = '' } = params.sending
      const latest = await sendings.getSending(id)
      if (latest?.version === params.sending.version) return sendings.changeSending({ ...params, job })
      if (job?.type === 'create') await storage.createJob({ job: job.job })
      if (job?.type === 'transition') await storage.transitionJob({ ...job, jobId, now: params.now })
      return sendings.changeSending({ ...params, job })
    },
  }))
}

/** A completion that comes with a change is a change of its own. */
function completingByAnotherChange(storage: Storage): Storage {
  return wrapSendings(storage, (sendings) => ({
    changeSending: async (params) => {
      const result = await sendings.changeSending(params)
      const { applied, sending } = result
      if (!applied || sending?.status !== 'transmitted' || params.sending.status === 'transmitted') return result
      return { ...result, ...(await sendings.changeSending({ sending, now: params.now })), job: result.job }
    },
  }))
}

/** Reads first, and compares what was read: who reads the same is let through as well. */
function readingBeforeChanging(storage: Storage): Storage {
  return wrapSendings(storage, (sendings) => ({
    changeSending: async (params) => {
      const read = await sendings.getSending(params.sending.id)
      const result = await sendings.changeSending(params)
      if (result.applied || read?.version !== params.sending.version || !result.sending || result.job) return result
      return sendings.changeSending({ ...params, sending: { ...params.sending, version: result.sending.version } })
    },
  }))
}

/** Takes the job away from the sending before it is deleted, where `when` says so of the refused or allowed deletion. */
function deletingWithoutTheJob(when: 'allowed' | 'refused'): Mutant['breaks'] {
  return (storage) =>
    wrapSendings(storage, (sendings) => ({
      deleteSending: async (params) => {
        const { sendingId, version, now } = params
        const sending = await sendings.getSending(sendingId)
        const job = sending?.jobId === undefined ? undefined : await storage.getJob(sending.jobId)
        const isFree = job?.finishedAt !== undefined && job.inFlight === 0
        if (!job || sending?.version !== version || isFree !== (when === 'allowed'))
          return sendings.deleteSending(params)
        const parted = await sendings.changeSending({
          sending: { ...sending, status: 'failed', jobId: undefined },
          now,
        })
        return sendings.deleteSending({ sendingId, version: parted.sending?.version ?? version, now })
      },
    }))
}

function definedFieldsOf(sending: SendingRecord): Partial<SendingRecord> {
  return Object.fromEntries(Object.entries(sending).filter(([, value]) => value !== undefined))
}

const MUTANTS: readonly Omit<Mutant, 'needs'>[] = [
  {
    name: 'a change of a sending looks at no version',
    guarantee: 'sending/change-from-another-version',
    caughtBy: both,
    breaks: withLatest((sendings, params, { version }) =>
      sendings.changeSending({ ...params, sending: { ...params.sending, version } }),
    ),
  },
  {
    name: 'a change keeps the fields that it does not name',
    guarantee: 'sending/change-replaces-it-as-a-whole',
    caughtBy: both,
    breaks: withLatest((sendings, params, latest) => {
      const sending = { ...latest, ...definedFieldsOf(params.sending) } as SendingRecord
      return sendings.changeSending({ ...params, sending })
    }),
  },
  {
    name: 'a change of a sending does not touch its alarm',
    guarantee: 'sending/due-follows-changes',
    caughtBy: both,
    breaks: withLatest((sendings, params, { wakeAt }) =>
      sendings.changeSending({ ...params, sending: { ...params.sending, wakeAt } }),
    ),
  },
  {
    name: 'of concurrent changes of a sending each is applied',
    guarantee: 'sending/change-among-concurrent-callers',
    caughtBy: ['cases'],
    breaks: readingBeforeChanging,
  },
  {
    name: 'a sending changes although the step on its job is refused',
    guarantee: 'sending/change-with-a-move-that-is-refused',
    caughtBy: both,
    breaks: changingInSpiteOfARefusedStep,
  },
  {
    name: 'a step on the job is taken although the sending does not change',
    guarantee: 'sending/change-from-another-version-takes-no-step',
    caughtBy: both,
    breaks: steppingBeforeLooking,
  },
  {
    name: 'a settle that completes the job leaves its sending as it was',
    guarantee: 'sending/completion-by-a-settle',
    caughtBy: both,
    breaks: notCompleting('settle'),
  },
  {
    name: 'a reap that completes the job leaves its sending as it was',
    guarantee: 'sending/completion-by-a-reap',
    caughtBy: ['cases'],
    breaks: notCompleting('reap'),
  },
  {
    name: 'a resume that completes the job leaves its sending as it was',
    guarantee: 'sending/completion-by-a-resume',
    caughtBy: ['cases'],
    breaks: notCompleting('transitionJob'),
  },
  {
    name: 'a revision that completes the job leaves its sending as it was',
    guarantee: 'sending/completion-by-a-revision',
    caughtBy: ['cases'],
    breaks: notCompleting('reviseItems'),
  },
  {
    name: 'a completion that comes with a change is one more change',
    guarantee: 'sending/completion-with-the-change',
    caughtBy: both,
    breaks: completingByAnotherChange,
  },
  {
    name: 'a completion does not fence who read the sending before',
    guarantee: 'sending/completion-fences-who-read-before',
    caughtBy: both,
    breaks: withLatest((sendings, params, latest) => {
      const isBehind = latest.status === 'transmitted' && params.sending.version === latest.version - 1
      const sending = isBehind ? { ...params.sending, version: latest.version } : params.sending
      return sendings.changeSending({ ...params, sending })
    }),
  },
  {
    name: 'a deletion of a sending looks at no version',
    guarantee: 'sending/delete-from-another-version',
    caughtBy: both,
    breaks: (storage) =>
      wrapSendings(storage, (sendings) => ({
        deleteSending: async (params) => {
          const { version = 0 } = (await sendings.getSending(params.sendingId)) ?? {}
          return sendings.deleteSending({ ...params, version })
        },
      })),
  },
  {
    name: 'a sending that is deleted leaves its job behind',
    guarantee: 'sending/delete-with-its-job',
    caughtBy: both,
    breaks: deletingWithoutTheJob('allowed'),
  },
  {
    name: 'a sending is deleted although its job is not free',
    guarantee: 'sending/delete-while-items-are-in-flight',
    caughtBy: both,
    breaks: deletingWithoutTheJob('refused'),
  },
  {
    name: 'keys of changes of sendings are ignored',
    guarantee: 'sending/once-change',
    caughtBy: ['cases'],
    breaks: (storage) =>
      wrapSendings(storage, (sendings) => ({
        changeSending: ({ once: _, ...params }) => sendings.changeSending(params),
      })),
  },
]

/** Mutants of what sendings are and become. */
export const SENDING_MUTANTS: readonly Mutant[] = MUTANTS.map((mutant) => ({ ...mutant, needs: needsSendings }))
