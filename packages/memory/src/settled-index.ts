import type { ItemStatus } from '@broadside/core'
import type { ItemState } from './item-state.js'

/**
 * Settled items by status, for those statuses that are taken up again: few items of many have them. The rest is found
 * by looking at every item.
 */
export class SettledIndex {
  readonly #byStatus = new Map<ItemStatus, Set<ItemState>>([
    ['error', new Set()],
    ['skipped', new Set()],
    ['uncertain', new Set()],
  ])

  covers(status: ItemStatus): boolean {
    return this.#byStatus.has(status)
  }

  add(item: ItemState): void {
    this.#byStatus.get(item.status)?.add(item)
  }

  remove(item: ItemState): void {
    this.#byStatus.get(item.status)?.delete(item)
  }

  itemsWith(status: ItemStatus): Iterable<ItemState> {
    return this.#byStatus.get(status) ?? []
  }
}
