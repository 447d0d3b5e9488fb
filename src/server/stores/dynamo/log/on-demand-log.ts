import { type Generation, type GenerationParts, openGeneration } from './generation.ts'

/**
 * The log as it is now, for a process that may have slept since it last looked: opened by the first who asks,
 * read on for each who asks again, and opened anew where it can't be followed any more.
 */
export class OnDemandLog {
  readonly #parts: GenerationParts
  #opened: Promise<Generation> | undefined
  #generation: Generation | undefined

  constructor(parts: GenerationParts) {
    this.#parts = parts
  }

  /** Why writes were refused a moment ago. */
  get fault(): string | undefined {
    return this.#generation?.health.fault
  }

  /** Read on to its end by a read that begins after this call. */
  async current(): Promise<Generation> {
    if (!this.#opened) return this.#open()
    const generation = await this.#opened
    const { tail } = generation
    try {
      if (tail.isStale) await tail.confirm()
      else await tail.catchUp()
      return generation
    } catch (error) {
      if (!tail.isBroken) throw error
      if (this.#generation === generation) this.#opened = undefined
      return this.#opened ?? this.#open()
    }
  }

  async close(): Promise<void> {
    await this.#generation?.close()
  }

  #open(): Promise<Generation> {
    const opened = openGeneration(this.#parts).then(
      (generation) => (this.#generation = generation),
      (error: unknown) => {
        if (this.#opened === opened) this.#opened = undefined
        throw error
      },
    )
    return (this.#opened = opened)
  }
}
