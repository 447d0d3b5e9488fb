import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../../src/server/telemetry/logger.ts'
import { type JournalOptions, openJournal } from '../../src/server/stores/journal/journal.ts'
import type { Store } from '../../src/server/stores/store.ts'

/** A journal in a directory of its own, that can be closed and opened again. */
export class TestJournal {
  readonly directory: string
  /** The log's lines so far. */
  readonly lines: string[] = []
  readonly #open = new Set<Store>()

  constructor(directory: string) {
    this.directory = directory
  }

  static async create(): Promise<TestJournal> {
    return new TestJournal(await mkdtemp(join(tmpdir(), 'iops-journal-')))
  }

  async open(options: Partial<JournalOptions> = {}): Promise<Store> {
    const logger: Logger = (level, words, fields) =>
      this.lines.push(`${level} ${words} ${JSON.stringify(fields ?? {})}`)
    const store = await openJournal(this.directory, { logger, ...options })
    this.#open.add(store)
    return store
  }

  /** The segments' paths, oldest first. */
  async segments(): Promise<string[]> {
    const names = await readdir(this.directory)
    return names
      .filter((name) => /^[0-9a-f]{12}-\d{16}\.ndjson$/.test(name))
      .sort()
      .map((name) => join(this.directory, name))
  }

  /** Closes it, and leaves on disk what a crash at this moment would have left. */
  async crash(): Promise<void> {
    await this.close()
    await this.forgetStop()
  }

  /** Takes away the note of a clean end. */
  async forgetStop(): Promise<void> {
    const path = join(this.directory, 'journal.json')
    const { stop: _, ...manifest } = JSON.parse(await readFile(path, 'utf8')) as { stop?: unknown }
    await writeFile(path, JSON.stringify(manifest))
  }

  async close(): Promise<void> {
    for (const store of this.#open) await store.close()
    this.#open.clear()
  }

  async dispose(): Promise<void> {
    await this.close()
    await rm(this.directory, { recursive: true, force: true })
  }
}
