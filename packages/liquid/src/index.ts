export type { LiquidLimits } from './limits.js'
export { type LiquidContent, type LiquidRenderer, liquidRenderer } from './liquid-renderer.js'
export type { LiquidFilter, LiquidRendererOptions, LiquidTag } from './options.js'
