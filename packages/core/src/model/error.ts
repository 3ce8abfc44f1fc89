/** Every code a thrown {@link BroadsideError} can carry. Outcomes of single items have codes of their own: see `ItemCode`. */
export type ErrorCode =
  | 'ABORTED'
  | 'AUDIENCE_NOT_FOUND'
  | 'AUDIENCE_SOURCE_FAILED'
  | 'AUDIENCE_SOURCE_MISSING'
  | 'CHAMPION_UNDECIDABLE'
  | 'CHANNEL_NOT_AVAILABLE'
  | 'CLASSIFICATION_NOT_ALLOWED'
  | 'CLOSE_INCOMPLETE'
  | 'CONTENT_NOT_FOUND'
  | 'CONTENT_SOURCE_MISSING'
  | 'CURSOR_INVALID'
  | 'DEADLINE_UNREACHABLE'
  | 'ENGINE_CLOSED'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INGEST_SOURCE_FAILED'
  | 'INVALID_INPUT'
  | 'INVALID_TRANSITION'
  | 'JOB_NOT_FOUND'
  | 'NOT_SUPPORTED'
  | 'OWNED_BY_SENDING'
  | 'PREFLIGHT_FAILED'
  | 'PREFLIGHT_MISSING'
  | 'RENDERER_MISSING'
  | 'SCHEDULE_IN_PAST'
  | 'SCHEDULE_INVALID'
  | 'SCHEDULE_OUT_OF_RANGE'
  | 'SENDING_NOT_FOUND'
  | 'STORAGE_CLOSED'
  | 'STORAGE_FAILED'
  | 'STORAGE_LOCKED'
  | 'STORAGE_SCHEMA_NEWER'
  | 'TEMPLATE_INVALID'
  | 'TRANSPORT_NOT_FOUND'

/** One bad field of refused input: where it is and what is wrong with it. */
export interface InputIssue {
  /** Keys and indexes from the root of the input, such as `['message', 'content']`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

export interface BroadsideErrorOptions {
  readonly cause?: unknown
  readonly jobId?: string
  readonly sendingId?: string
  /** For `INVALID_TRANSITION`: the status it was in. */
  readonly from?: string
  /** For `INVALID_TRANSITION`: what was asked for. */
  readonly operation?: string
  /** For `INVALID_INPUT`: every bad field. */
  readonly issues?: readonly InputIssue[]
}

/**
 * The one error class. `code` says what happened, `message` names the job or sending and says what to do next, `cause`
 * keeps what led to it. Test with {@link isBroadsideError}, not `instanceof`: two copies of this package may be loaded.
 */
export class BroadsideError extends Error {
  override readonly name = 'BroadsideError'
  readonly code: ErrorCode
  readonly jobId: string | undefined
  readonly sendingId: string | undefined
  readonly from: string | undefined
  readonly operation: string | undefined
  readonly issues: readonly InputIssue[] | undefined

  constructor(code: ErrorCode, message: string, options: BroadsideErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.jobId = options.jobId
    this.sendingId = options.sendingId
    this.from = options.from
    this.operation = options.operation
    this.issues = options.issues
  }
}

/** True for a {@link BroadsideError} of any copy of this package; with `code`, only for that code. */
export function isBroadsideError(error: unknown, code?: ErrorCode): error is BroadsideError {
  try {
    if (!(error instanceof Error) || error.name !== 'BroadsideError' || !('code' in error)) return false
    return code === undefined || error.code === code
  } catch {
    return false // a revoked proxy, or a getter that throws
  }
}
