import { jobDefinitionSchema, type NewJob } from '@broadside/core'

/** A valid job to store. */
export function newJob(more: Partial<NewJob> = {}): NewJob {
  const definition = jobDefinitionSchema.parse({ message: { content: { text: 'Hello' } } })
  return { id: 'job-1', createdAt: 0, definition, ...more }
}
