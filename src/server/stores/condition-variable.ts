/** Where readers wait for a change. Whoever is woken looks again whether it was the one it waits for. */
export class ConditionVariable {
  readonly #waiting = new Set<() => void>()

  /** Resolves at the next {@link wakeAll}, or once the signal aborts. */
  wait(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => {
      this.#waiting.delete(wake)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    this.#waiting.add(wake)
    signal?.addEventListener('abort', wake)
    return promise
  }

  wakeAll(): void {
    for (const wake of this.#waiting) wake()
  }
}
