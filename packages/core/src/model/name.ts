import * as z from 'zod'
import { isPlainText } from './plain-text.js'

/** What something is called: a tag, a channel, a template. Plain text of 1 to 255 characters, trimmed. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine(isPlainText, 'must not contain control characters or halves of surrogate pairs')
