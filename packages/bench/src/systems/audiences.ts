import { type Audience, type AudienceSource, BroadsideError, type Member } from '@broadside/core'
import { type PeopleParams, people } from '../people.js'

/** Audiences by name, streamed: nobody is held who is not asked for. */
export class Audiences implements AudienceSource {
  readonly #byName = new Map<string, PeopleParams>()

  set(name: string, params: PeopleParams): void {
    this.#byName.set(name, params)
  }

  async *resolve(audience: Audience): AsyncGenerator<Member, void> {
    const params = audience.type === 'reference' ? this.#byName.get(audience.name ?? '') : undefined
    if (params === undefined) throw new BroadsideError('AUDIENCE_NOT_FOUND', 'The bench knows its own audiences only.')
    let id = 0
    for (const { to, data } of people(params)) {
      id += 1
      yield { id, email: to.email, properties: data }
    }
  }
}
