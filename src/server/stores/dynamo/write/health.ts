import { StoreUnavailable } from '../../store.ts'

interface Parts {
  /** Resolves when the tables take writes, without writing anything. */
  readonly probe: () => Promise<void>
  /** Between two probes, in ms. */
  readonly every: number
  /**
   * Asks nobody: a fault counts for `every`, and whoever writes after that finds out. For processes that may run
   * nothing on their own. False by default.
   */
  readonly onDemand?: boolean | undefined
}

/**
 * Why writes are refused now. As long as they are, nobody may send any (a load balancer looks at
 * `/readyz`), so the end of the trouble is found by asking.
 */
export class Health {
  readonly #parts: Parts
  #fault: string | undefined
  #refusedAt = -Infinity
  #probing: NodeJS.Timeout | undefined
  #isProbing = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get fault(): string | undefined {
    const { onDemand, every } = this.#parts
    if (onDemand && Date.now() - this.#refusedAt > every) this.#fault = undefined
    return this.#fault
  }

  /** Only what DynamoDB refuses is a fault of its own: a lost race or a wrong change passes. */
  refused(error: unknown): void {
    if (!(error instanceof StoreUnavailable) || error.cause === undefined) return
    this.#fault = error.message
    this.#refusedAt = Date.now()
    if (this.#parts.onDemand) return
    this.#probing ??= setInterval(() => void this.#probe(), this.#parts.every).unref()
  }

  served(): void {
    this.#fault = undefined
    clearInterval(this.#probing)
    this.#probing = undefined
  }

  close(): void {
    clearInterval(this.#probing)
    this.#probing = undefined
  }

  async #probe(): Promise<void> {
    if (this.#isProbing) return
    this.#isProbing = true
    try {
      await this.#parts.probe()
      if (this.#fault !== undefined) this.served()
    } catch (error) {
      this.refused(error)
    } finally {
      this.#isProbing = false
    }
  }
}
