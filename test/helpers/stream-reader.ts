import { Writable } from 'node:stream'
import { createParser } from 'eventsource-parser'
import type { Filter } from '../../src/protocol/filter/filter.ts'
import type { Hub } from '../../src/server/stream/hub.ts'
import { openStream } from '../../src/server/stream/opening.ts'

/** A link that takes what is written when the test says so. */
class Link extends Writable {
  readonly #arrived: (bytes: Buffer) => void
  #taken: (() => void) | undefined
  eager: boolean

  constructor(eager: boolean, arrived: (bytes: Buffer) => void) {
    super({ highWaterMark: 200 })
    this.eager = eager
    this.#arrived = arrived
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#arrived(bytes)
    if (this.eager) done()
    else this.#taken = done
  }

  take(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.()
  }
}

/** One client of a hub, through all of its connections: it comes back by its last event id. */
export class StreamReader {
  /** Sequences of the insights, in order of arrival. */
  readonly sequences: number[] = []
  readonly resets: string[] = []
  /** Sequences that beats carried. */
  readonly beats: number[] = []
  /** Names of events (`insight`, `beat`, `reset`) in order. */
  readonly events: string[] = []
  lastEventId: string | undefined
  /** The position that the last snapshot had passed. */
  snapshotAt = 0
  link: Link | undefined
  readonly #hub: Hub
  readonly filter: Filter | undefined
  readonly limit: number
  readonly eager: boolean

  constructor(
    hub: Hub,
    {
      from,
      filter,
      limit = 10,
      eager = true,
    }: { from?: string; filter?: Filter | undefined; limit?: number; eager?: boolean } = {},
  ) {
    this.#hub = hub
    this.lastEventId = from
    this.filter = filter
    this.limit = limit
    this.eager = eager
  }

  get connected(): boolean {
    return this.link !== undefined && !this.link.destroyed && !this.link.writableEnded
  }

  async connect(): Promise<void> {
    const { filter, limit, lastEventId } = this
    const hub = this.#hub
    const parser = createParser({
      onEvent: ({ event = 'insight', id, data }) => {
        this.events.push(event)
        if (id !== undefined) this.lastEventId = id
        const sequence = Number(id?.split('-')[1])
        if (event === 'insight') this.sequences.push(sequence)
        if (event === 'beat') this.beats.push(sequence)
        if (event === 'reset') this.resets.push((JSON.parse(data) as { reason: string }).reason)
      },
    })
    const text = new TextDecoder()
    const link = new Link(this.eager, (bytes) => {
      if (this.link === link) parser.feed(text.decode(bytes, { stream: true }))
    })
    this.link = link
    const opening = await openStream(hub, { lastEventId, limit, filter })
    if (lastEventId === undefined) this.snapshotAt = opening.position
    if (this.link === link) hub.attach(link, 'plain', opening)
  }

  /** Takes what is waiting on the link, once. */
  take(): void {
    this.link?.take()
  }

  /** From now on reads at once. */
  hurry(): void {
    if (!this.link) return
    this.link.eager = true
    this.link.take()
  }

  cut(): void {
    this.link?.destroy()
    this.link = undefined
  }
}
