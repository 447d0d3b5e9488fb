import type { Insight } from '../protocol/insight/insight.ts'
import { unreadableValues } from '../protocol/insight/read.ts'
import { rawText } from '../protocol/insight/unreadable.ts'
import { plainWords } from '../text/one-line.ts'

const maxNamed = 1000
const maxValue = 60

/** Names each alert that has a value which can't be read once, up to a bound, however often it comes. */
export class UnreadableNotices {
  readonly #named = new Set<string>()

  /** What to say of it; undefined where all is well, or enough was said. */
  noticeOf(insight: Insight): string | undefined {
    const values = unreadableValues(insight)
    if (values.length === 0 || this.#named.has(insight.alert_id) || this.#named.size > maxNamed)
      return undefined
    this.#named.add(insight.alert_id)
    if (this.#named.size > maxNamed)
      return `more than ${maxNamed} alerts have values that can't be read: no more are named`
    return `alert ${plainWords(insight.alert_id)}: ${values.map(describe).join(', ')} (passed on as it came)`
  }
}

function describe({ path, value }: { readonly path: string; readonly value: unknown }): string {
  const name = plainWords(path)
  if (value === undefined) return `${name} is missing`
  const text = plainWords(typeof value === 'string' ? JSON.stringify(value) : rawText(value))
  return `${name} can't be ${text.length > maxValue ? `${text.slice(0, maxValue)}…` : text}`
}
