import { LIQUID_CONTENT, PLAIN_CONTENT, SENT } from '../message.js'
import type { Person } from '../people.js'

/** An item as a bare loop reads it back. */
export interface BareItem {
  readonly seq: number
  readonly recipient: string
  readonly messageId: string
  readonly payload: string
}

/** What a bare loop hands to a provider. */
export interface BareMessage {
  readonly messageId: string
  readonly recipient: string
  readonly address: string
  readonly content: Readonly<Record<string, unknown>>
}

export type Compose = (items: readonly BareItem[]) => readonly BareMessage[]

/** Parses each payload, and renders where the variant says so, with the renderer that Broadside is measured with. */
export async function composeFor(variant: string): Promise<Compose> {
  const render = await rendererOf(variant)
  return (items) =>
    items.map(({ recipient, messageId, payload }) => {
      const { to, data }: Person = JSON.parse(payload)
      return { messageId, recipient, address: to.email, content: render(data) }
    })
}

async function rendererOf(variant: string): Promise<(data: Person['data']) => Readonly<Record<string, unknown>>> {
  if (variant !== 'liquid') return () => PLAIN_CONTENT
  const { liquidRenderer } = await import('@broadside/liquid')
  const compiled = liquidRenderer().compile(LIQUID_CONTENT)
  return (data) => compiled.render({ ...data })
}

/** The provider that does nothing. */
export async function sendAll(messages: readonly BareMessage[]): Promise<readonly (typeof SENT)[]> {
  return messages.map(() => SENT)
}

/** By which a person is told from others. */
export function identityOf({ to }: Person): string {
  return `email:${to.email}`
}
