import { statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { resolvedStatus } from '../format/facts.ts'
import { type Damage, scanSegment } from '../format/scan.ts'
import { arrivalOf } from '../format/line.ts'
import { idKey, openIndexDatabase } from './index-database.ts'
import { readFacts } from './line-facts.ts'
import type { SegmentRow } from './sealed-index.ts'
import { TotalsChange } from './totals-change.ts'

/** A segment that is not written to any more. */
export interface SealedFile {
  readonly path: string
  readonly first: number
  readonly hasGaps: boolean
  readonly groupedFrom: number
}

interface Row {
  readonly sequence: number
  readonly time: number
  readonly risk: number
  readonly type: number
  readonly status: number
}

type RawRow = [sequence: number, time: number, risk: number, type: number, status: number]

/** Brings the index up to what is in the segments. One process writes at a time. */
export class IndexWriter {
  readonly #database: DatabaseSync
  readonly #types = new Map<string, number>()
  readonly #statements: Readonly<
    Record<'find' | 'remove' | 'insert' | 'total' | 'type' | 'segment', StatementSync>
  >

  constructor(path: string, epoch: string) {
    const database = openIndexDatabase(path, epoch)
    this.#database = database
    this.#statements = {
      find: database.prepare('SELECT sequence, time, risk, type, status FROM alerts WHERE id = ?'),
      remove: database.prepare('DELETE FROM alerts WHERE sequence = ?'),
      insert: database.prepare('INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?)'),
      total: database.prepare(`INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, risk = risk + excluded.risk`),
      type: database.prepare('INSERT INTO types (name) VALUES (?)'),
      segment: database.prepare('INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    }
    this.#statements.find.setReturnArrays(true)
    for (const row of database.prepare('SELECT type, name FROM types').all())
      this.#types.set(row['name'] as string, row['type'] as number)
  }

  /** The last sequence that is in it. */
  get indexed(): number {
    return (this.#database.prepare('SELECT indexed FROM state').get() as { indexed: number }).indexed
  }

  segments(): SegmentRow[] {
    return this.#database.prepare('SELECT * FROM segments ORDER BY first').all() as unknown as SegmentRow[]
  }

  /** Takes in the segments that follow what is indexed, oldest first. Gives the first damage, and then takes in nothing. */
  add(files: readonly SealedFile[]): Damage | undefined {
    return this.#transaction(() => {
      for (const file of files) {
        const damage = this.#addSegment(file)
        if (damage) return damage
      }
      return undefined
    })
  }

  /** Forgets the alerts whose latest versions have these sequences. */
  forget(sequences: readonly number[]): void {
    this.#transaction(() => {
      const select = this.#database.prepare(
        'SELECT sequence, time, risk, type, status FROM alerts WHERE sequence = ?',
      )
      select.setReturnArrays(true)
      const totals = new TotalsChange()
      for (const sequence of sequences) {
        const row = asRow(select.get(sequence))
        if (!row) continue
        totals.add(row, -1)
        this.#statements.remove.run(sequence)
      }
      totals.write(this.#statements.total)
      return undefined
    })
  }

  /** Notes that one segment now stands in the place of others; undefined when nothing does. */
  replace(old: readonly number[], file: SealedFile | undefined): void {
    this.#transaction(() => {
      const remove = this.#database.prepare('DELETE FROM segments WHERE first = ?')
      for (const first of old) remove.run(first)
      if (!file) return undefined
      const { count, size, next, firstAt, lastAt, damage } = measure(file, () => {})
      if (damage) return damage
      const counts = this.#database
        .prepare(
          'SELECT count(*) AS latest, total(status = ?) AS resolved FROM alerts WHERE sequence >= ? AND sequence < ?',
        )
        .get(resolvedStatus, file.first, next) as { latest: number; resolved: number }
      const { latest, resolved } = counts
      this.#statements.segment.run(
        file.first,
        next,
        count,
        size,
        modifiedAt(file.path),
        firstAt,
        lastAt,
        latest,
        resolved,
      )
      return undefined
    })
  }

  checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  }

  close(): void {
    this.#database.close()
  }

  #addSegment(file: SealedFile): Damage | undefined {
    const latest = new Map<string, Row>()
    const { count, size, next, firstAt, lastAt, damage } = measure(file, (id, facts, sequence) => {
      const { time, risk, status } = facts
      latest.set(idKey(id), { sequence, time, risk, type: this.#typeOf(facts.type), status })
    })
    if (damage) return damage
    const { find, remove, insert, total } = this.#statements
    const totals = new TotalsChange()
    const superseded: Row[] = []
    let resolved = 0
    for (const [id, row] of latest) {
      const old = asRow(find.get(id))
      if (old) {
        superseded.push(old)
        totals.add(old, -1)
        remove.run(old.sequence)
      }
      insert.run(row.sequence, id, row.time, row.risk, row.type, row.status)
      totals.add(row, 1)
      if (row.status === resolvedStatus) resolved++
    }
    totals.write(total)
    const countDown = this.#database.prepare(`UPDATE segments SET latest = latest - 1, resolved = resolved - ?
      WHERE first = (SELECT max(first) FROM segments WHERE first <= ?)`)
    for (const { sequence, status } of superseded) countDown.run(status === resolvedStatus ? 1 : 0, sequence)
    this.#statements.segment.run(
      file.first,
      next,
      count,
      size,
      modifiedAt(file.path),
      firstAt,
      lastAt,
      latest.size,
      resolved,
    )
    this.#database.prepare('UPDATE state SET indexed = ?').run(next - 1)
    return undefined
  }

  #typeOf(name: string): number {
    let type = this.#types.get(name)
    if (type === undefined) {
      type = Number(this.#statements.type.run(name).lastInsertRowid)
      this.#types.set(name, type)
    }
    return type
  }

  /** Undone when it throws or gives damage. */
  #transaction(work: () => Damage | undefined): Damage | undefined {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const damage = work()
      this.#database.exec(damage ? 'ROLLBACK' : 'COMMIT')
      if (damage) this.#types.clear()
      return damage
    } catch (error) {
      this.#types.clear()
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

/** When a file was last written to. Bytes that were changed by hand change it; those that rotted are found by the scrub. */
export const modifiedAt = (path: string): string => String(statSync(path, { bigint: true }).mtimeNs)

const asRow = (raw: unknown): Row | undefined => {
  if (raw === undefined) return undefined
  const [sequence, time, risk, type, status] = raw as RawRow
  return { sequence, time, risk, type, status }
}

type Visit = (
  id: string,
  facts: { time: number; risk: number; type: string; status: number },
  sequence: number,
) => void

/** Reads a segment and hands over each line. */
function measure(file: SealedFile, visit: Visit) {
  let [count, size, next] = [0, 0, file.first]
  let firstAt: number | null = null
  let lastAt: number | null = null
  const damage = scanSegment(file, file.groupedFrom, (line) => {
    const found = readFacts(line)
    if (found === undefined) return 'holds no insight'
    visit(found.id, found.facts, line.sequence)
    lastAt = arrivalTime(line.bytes, line.start, line.sequence)
    firstAt ??= lastAt
    count++
    size += line.length
    next = line.sequence + 1
    return undefined
  })
  return { count, size, next, firstAt: firstAt as number | null, lastAt, damage }
}

/** A line's arrival in milliseconds; most are that of the line before, and parsing costs as much as all else. */
function arrivalTime(bytes: Buffer, start: number, sequence: number): number {
  const text = arrivalOf(bytes, start, sequence)
  if (text !== lastText) {
    lastText = text
    lastTime = Date.parse(text)
  }
  return lastTime
}

let lastText = ''
let lastTime = 0
