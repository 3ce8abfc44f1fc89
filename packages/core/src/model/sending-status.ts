/**
 * Where a sending stands; the operations between them are in `SENDING_TRANSITIONS`.
 *
 * - `draft`: no schedule, or kept as a draft; editable.
 * - `scheduled`: goes at a known instant; back to draft with unschedule.
 * - `pending`: asked to go now; not picked up yet.
 * - `preparing`: items are being built from audience and recipients.
 * - `prepared`: built; waiting for its instant.
 * - `transmitting`: items are going out.
 * - `transmitted`: no open item.
 * - `skipped`: no recipient could be resolved, which is not an error.
 * - `paused`: stopped by pause; `pausedFrom` remembers where it was.
 * - `cancelled`, `failed`: ended; can never be scheduled again.
 */
export type SendingStatus =
  | 'draft'
  | 'scheduled'
  | 'pending'
  | 'preparing'
  | 'prepared'
  | 'transmitting'
  | 'transmitted'
  | 'skipped'
  | 'paused'
  | 'cancelled'
  | 'failed'

export const SENDING_STATUSES: readonly SendingStatus[] = [
  'draft',
  'scheduled',
  'pending',
  'preparing',
  'prepared',
  'transmitting',
  'transmitted',
  'skipped',
  'paused',
  'cancelled',
  'failed',
]

/** The statuses that pause stops, and that resume goes back to. */
export type PausableStatus = 'pending' | 'preparing' | 'prepared' | 'transmitting'
