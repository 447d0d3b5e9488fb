import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { IndexWriter, type SealedFile } from './index-writer.ts'
import { writeKept } from './write-kept.ts'

export type IndexJob =
  | { readonly kind: 'add'; readonly files: readonly SealedFile[] }
  /** Segments written again with these sequences only; `forget` are those of alerts that are gone with it. */
  | {
      readonly kind: 'rewrite'
      readonly old: readonly SealedFile[]
      readonly kept: readonly number[]
      readonly forget: readonly number[]
    }
  /** Ends the write-ahead log of the index, which would grow for as long as somebody reads in it. */
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'close' }

/** Where the index is, and of which log. */
export interface IndexPlace {
  readonly path: string
  readonly epoch: string
}

/** Does one job. Throws where it can't be done; the index is as before then. */
export function doJob(writer: IndexWriter, job: IndexJob): void {
  if (job.kind === 'checkpoint') return writer.checkpoint()
  if (job.kind === 'close') return writer.close()
  if (job.kind === 'add') {
    const damage = writer.add(job.files)
    if (damage) throw new Error(`${damage.path}:${damage.line} ${damage.message}`)
    return
  }
  const { old, kept, forget } = job
  // What is in the index must be on disk; the other way round does no harm.
  writer.forget(forget)
  writeKept(old, new Set(kept))
  writer.replace(
    old.map(({ first }) => first),
    kept.length > 0 ? { ...old[0]!, hasGaps: true } : undefined,
  )
}

/** Does the index's jobs beside the rest, in a thread of its own where there can be one, one after the other. */
export class IndexJobs {
  readonly #place: IndexPlace
  #worker: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(place: IndexPlace) {
    this.#place = place
  }

  /**
   * Resolves when the job is done. `refresh` is called then, before another job begins, and once more when what
   * it wrote stands where it is not in the way of what comes next.
   */
  run(job: IndexJob, refresh: () => void, again: () => void): Promise<void> {
    const done = this.#runAfter(this.#last, job, refresh, again)
    this.#last = done.catch(() => {})
    return done
  }

  async #runAfter(
    last: Promise<unknown>,
    job: IndexJob,
    refresh: () => void,
    again: () => void,
  ): Promise<void> {
    await last
    await this.#do(job)
    refresh()
    await this.#do({ kind: 'checkpoint' })
    again()
  }

  /** Waits for the job that is under way. Whoever reads the index should have ended. */
  async close(): Promise<void> {
    await this.#last
    if (this.#worker) await this.#do({ kind: 'close' }).catch(() => {})
    await this.#worker?.terminate()
    this.#worker = undefined
  }

  async #do(job: IndexJob): Promise<void> {
    const url = workerUrl()
    if (!url) return this.#doHere(job)
    if (!this.#worker) {
      this.#worker = new Worker(url, { workerData: this.#place })
      this.#worker.on('error', () => (this.#worker = undefined))
      this.#worker.unref()
    }
    const worker = this.#worker
    worker.postMessage(job, [])
    worker.ref()
    try {
      const [fault] = (await once(worker, 'message')) as [string | undefined]
      if (fault !== undefined) throw new Error(fault)
    } finally {
      worker.unref()
    }
  }

  #doHere(job: IndexJob): void {
    const writer = new IndexWriter(this.#place.path, this.#place.epoch)
    try {
      doJob(writer, job)
    } finally {
      writer.close()
    }
  }
}

/** The thread's program: beside this file in the sources, at the top of the bundle; a single executable has none. */
function workerUrl(): URL | undefined {
  if (import.meta.url.endsWith('.ts')) return new URL('./index-worker.ts', import.meta.url)
  if (!import.meta.url.startsWith('file:')) return undefined
  const url = new URL('../index-worker.js', import.meta.url)
  return existsSync(url) ? url : undefined
}
