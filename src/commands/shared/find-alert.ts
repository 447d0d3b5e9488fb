import type { Api } from '../../client/api/api.ts'
import { Failure } from '../../program/failure.ts'

/** Fewer characters are more likely a slip of the finger than an id. */
const minPrefix = 4
const maxCandidates = 5

/**
 * The id of the one alert that begins so, for ids that people type; undefined where none does. Throws a
 * {@link Failure} that lists them where several do. For one that is whole already, ask for it first.
 */
export async function findAlert(api: Pick<Api, 'recent'>, prefix: string): Promise<string | undefined> {
  // What means something in a filter is never looked for: a star would match others.
  if (prefix.length < minPrefix || !/^[\w.-]+$/.test(prefix)) return undefined
  const { items } = await api.recent({ filter: `id:${prefix}*`, limit: maxCandidates + 1 })
  const ids = items.map(({ alert_id }) => alert_id)
  // An older server knows no filters, so that what it sends says nothing about the others.
  if (!ids.every((id) => id.startsWith(prefix))) return undefined
  if (ids.length <= 1) return ids[0]
  const shown = ids.slice(0, maxCandidates).join(', ')
  const more = ids.length > maxCandidates ? ' and more' : ''
  throw new Failure('failed', `several alerts begin with ${prefix}: ${shown}${more}`, {
    hint: 'Give more of the id.',
  })
}
