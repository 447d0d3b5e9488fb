/** How much goes into one request, and how long it may wait for more. */
export interface BatchBounds {
  readonly items: number
  readonly bytes: number
  /** Milliseconds without anything new after which what is there goes out. */
  readonly idleMs: number
}

interface BatchItem {
  readonly bytes: number
  /** An id stands once in a batch, so that the whole batch can be repeated without going back in time. */
  readonly id: string
}

/**
 * Groups what arrives: a full batch as soon as it is full, a smaller one when nothing comes for a
 * moment, an id comes again, or the input ends. When the input fails, what it gave before is handed on
 * first: a pipe doesn't give it again.
 */
export async function* batches<T extends BatchItem>(
  input: AsyncIterable<T>,
  bounds: BatchBounds,
): AsyncGenerator<T[]> {
  const iterator = input[Symbol.asyncIterator]()
  let batch = new Batch<T>(bounds)
  const next = () => {
    const coming = iterator.next()
    // It may fail while a batch is under way: the error shows when it is awaited.
    coming.catch(() => {})
    return coming
  }
  let coming = next()
  for (;;) {
    const result =
      batch.items.length === 0
        ? await coming
        : await orIdle(coming, bounds.idleMs).catch((error: unknown) => ({ error }))
    if (result !== 'idle' && 'error' in result) {
      yield batch.items
      throw result.error
    }
    if (result === 'idle') {
      yield batch.items
      batch = new Batch(bounds)
      continue
    }
    if (result.done) break
    if (!batch.hasRoomFor(result.value)) {
      yield batch.items
      batch = new Batch(bounds)
    }
    batch.add(result.value)
    coming = next()
  }
  if (batch.items.length > 0) yield batch.items
}

class Batch<T extends BatchItem> {
  readonly items: T[] = []
  readonly #bounds: BatchBounds
  readonly #ids = new Set<string>()
  #bytes = 0

  constructor(bounds: BatchBounds) {
    this.#bounds = bounds
  }

  hasRoomFor({ id, bytes }: T): boolean {
    if (this.items.length === 0) return true
    const fits = this.items.length < this.#bounds.items && this.#bytes + bytes <= this.#bounds.bytes
    return fits && !this.#ids.has(id)
  }

  add(item: T): void {
    this.items.push(item)
    this.#ids.add(item.id)
    this.#bytes += item.bytes
  }
}

async function orIdle<T>(coming: Promise<T>, idleMs: number): Promise<T | 'idle'> {
  let timer: NodeJS.Timeout | undefined
  const idle = new Promise<'idle'>((resolve) => {
    timer = setTimeout(() => resolve('idle'), idleMs)
  })
  try {
    return await Promise.race([coming, idle])
  } finally {
    clearTimeout(timer)
  }
}
