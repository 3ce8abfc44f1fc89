import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IdentitySet } from './identity-set.js'

it('holds what was added to it, and nothing else', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('', 'a', 'b', 'email:a@example.com'),
  )
  fc.assert(
    fc.property(fc.array(text), fc.array(text), (added, asked) => {
      const [own, reference] = [new IdentitySet(), new Set<string>()]
      for (const one of added) {
        expect(own.has(one)).toBe(reference.has(one))
        own.add(one)
        reference.add(one)
      }
      for (const one of [...added, ...asked]) expect(own.has(one)).toBe(reference.has(one))
    }),
  )
})
