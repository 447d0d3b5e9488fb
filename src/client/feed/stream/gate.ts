/** Open or closed; whoever wants through waits while it is closed. */
export class Gate {
  #closed: PromiseWithResolvers<void> | undefined

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** Resolves once the gate is open; undefined while it is. */
  get opened(): Promise<void> | undefined {
    return this.#closed?.promise
  }

  close(): void {
    this.#closed ??= Promise.withResolvers()
  }

  open(): void {
    this.#closed?.resolve()
    this.#closed = undefined
  }
}
