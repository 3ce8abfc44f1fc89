import { textsIn, toColumns } from './column-text.js'
import type { Session, Sql, Write } from './session.js'

/** A text by which an item of a job is known besides its identity. */
export interface FurtherText {
  readonly text: string
  readonly hash: bigint
  /** Tells apart those of a job that share a hash. */
  readonly nth: number
}

/** Adds texts that are known to be new to the job. */
export function furtherTextsInsert(job: string, texts: readonly FurtherText[]): readonly Write[] {
  if (texts.length === 0) return []
  const [hashes, nths] = [texts.map(({ hash }) => hash.toString()), texts.map(({ nth }) => nth)]
  return [{ sql: INSERT, values: [job, hashes, nths, toColumns(texts.map(({ text }) => text))] }]
}

/** From now on whoever adds items to the job looks for those texts, too. */
export async function noteFurtherTexts(session: Session, job: string): Promise<void> {
  await session.run(NOTE, job)
}

const INSERT: Sql = (s) => `
  insert into ${s}.further_texts (job, hash, nth, text)
  select $1::bigint, * from unnest($2::bigint[], $3::smallint[], ${textsIn('$4')})`
const NOTE: Sql = (s) => `update ${s}.jobs set has_further_texts = true where key = $1`
