import { randomBytes } from 'node:crypto'
import { elapsedSince, type Moment, thisMoment } from '../write/moment.ts'
import type { Db, Item } from '../db.ts'
import type { Survey } from '../tables/insight-table.ts'

/** How long a holder that is heard of no more keeps the others waiting, in ms. */
const leaseMs = 5000
const never: Moment = { monotonic: -Infinity, wall: -Infinity }

/**
 * One node at a time relays: it saves the others the same reads. Nothing but cost depends on it: two that
 * hold the lease at once, by clocks or pauses, bring the same news, and the log takes it once.
 */
export class Lease {
  readonly #db: Db
  readonly #table: string
  readonly #key: Item
  readonly #holder = randomBytes(8).toString('hex')
  #heldSince = never
  #askedAt = never
  #asking: Promise<boolean> | undefined
  /** What the holder's last walk found; for its own node to set. */
  survey: Survey | undefined

  constructor(db: Db, table: string, epoch: string) {
    this.#db = db
    this.#table = table
    this.#key = { shard: { S: `${epoch}#relay` }, seq: { N: '0' } }
  }

  /** Takes it if it is free, or prolongs it; whether this node may relay now. */
  async hold(): Promise<boolean> {
    if (elapsedSince(this.#heldSince) < leaseMs / 3) return true
    if (this.#asking) return this.#asking
    if (elapsedSince(this.#askedAt) < leaseMs / 3) return false
    this.#askedAt = thisMoment()
    this.#asking = this.#ask(this.#askedAt).finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #ask(asked: Moment): Promise<boolean> {
    const found = await this.#db.get(this.#table, this.#key)
    const holder = found?.['holder']
    const until = Number(found?.['until']?.N ?? 0)
    if (holder && holder.S !== this.#holder && until > this.#db.now()) {
      this.#heldSince = never
      this.survey = surveyIn(found)
      return false
    }
    const next = this.#db.now() + leaseMs
    const item: Item = {
      ...this.#key,
      holder: { S: this.#holder },
      until: { N: String(next) },
      ttl: { N: String(Math.ceil(next / 1000) + 86_400) },
      ...(this.survey && {
        plain: { BOOL: this.survey.plain },
        pages: { N: String(this.survey.pages) },
      }),
    }
    const condition = found?.['until']
      ? { until: found['until'], holder: holder ?? ('absent' as const) }
      : { until: 'absent' as const }
    const isOurs = (await this.#db.put(this.#table, item, condition)) === 'done'
    this.#heldSince = isOurs ? asked : never
    return isOurs
  }

  /** Lets another node take over at once. */
  async release(): Promise<void> {
    if (this.#heldSince === never) return
    this.#heldSince = never
    await this.#db.remove(this.#table, this.#key, { holder: { S: this.#holder } })
  }
}

const surveyIn = (item: Item): Survey | undefined =>
  item['pages'] && { plain: item['plain']?.BOOL === true, pages: Number(item['pages'].N) }
