/** How much goes into one request, and how long it may wait for more. */
export interface BatchBounds {
  readonly items: number
  readonly bytes: number
  /** Milliseconds without anything new after which what is there goes out. */
  readonly idleMs: number
}

/**
 * Groups what arrives: a full batch as soon as it is full, a smaller one when nothing comes for a
 * moment or the input ends. When the input fails, what it gave since the last batch is dropped: it
 * was never handed on.
 */
export async function* batches<T extends { readonly bytes: number }>(
  input: AsyncIterable<T>,
  bounds: BatchBounds,
): AsyncGenerator<T[]> {
  const iterator = input[Symbol.asyncIterator]()
  let batch: T[] = []
  let bytes = 0
  const next = () => {
    const coming = iterator.next()
    // It may fail while a batch is under way: told when it is waited for.
    coming.catch(() => {})
    return coming
  }
  let coming = next()
  for (;;) {
    const result = batch.length === 0 ? await coming : await orIdle(coming, bounds.idleMs)
    if (result === 'idle') {
      yield batch
      batch = []
      bytes = 0
      continue
    }
    if (result.done) break
    if (batch.length === bounds.items || (batch.length > 0 && bytes + result.value.bytes > bounds.bytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(result.value)
    bytes += result.value.bytes
    coming = next()
  }
  if (batch.length > 0) yield batch
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
