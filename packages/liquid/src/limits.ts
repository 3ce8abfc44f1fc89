/** Bounds that keep a hostile or broken template from holding up the host. Beyond one, compiling is refused or that render fails. */
export interface LiquidLimits {
  /** Characters of one template. Default 1,000,000. */
  readonly templateLength?: number | undefined
  /** Outputs and tags in one template. Default 10,000. */
  readonly templateTags?: number | undefined
  /** Time one field may take to render, in ms. Default 1,000. */
  readonly renderTimeMs?: number | undefined
  /** Characters and list entries that filters, loops and outputs of one field may handle in all. Default 5,000,000. */
  readonly work?: number | undefined
  /** Characters of one rendered field. Default 5,000,000. */
  readonly outputLength?: number | undefined
}

export const DEFAULT_LIMITS = {
  templateLength: 1_000_000,
  templateTags: 10_000,
  renderTimeMs: 1_000,
  work: 5_000_000,
  outputLength: 5_000_000,
} as const satisfies Required<LiquidLimits>

export type EffectiveLimits = { readonly [limit in keyof LiquidLimits]-?: number }
