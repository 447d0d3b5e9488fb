import { blank, type Cell, type CellRow } from './cell-row.ts'
import { plain, type Style, transition } from './style.ts'

/** Knows where the terminal's cursor is and in which style it writes, and spends as few bytes as it can. */
export class Pen {
  /** Undefined where terminals may disagree: after the last column, after a disputed character. */
  #x: number | undefined
  #y: number | undefined
  #style: Style | undefined
  #out = ''

  /** Forgets what it knows of the terminal, which somebody else has written to. */
  reset(): void {
    this.#x = this.#y = this.#style = undefined
  }

  /** Takes what was drawn since the last time. */
  take(): string {
    const out = this.#out
    this.#out = ''
    return out
  }

  /** Blanks the whole screen. */
  clear(): void {
    this.#use(plain)
    this.#out += '\x1b[H\x1b[2J'
    this.#x = this.#y = 0
  }

  /** Moves the lines from `top` to `bottom` down by that many, or up if negative; blank ones move in. */
  shift(top: number, bottom: number, lines: number): void {
    this.#use(plain)
    const times = Math.abs(lines) === 1 ? '' : String(Math.abs(lines))
    const line = top === 0 ? '' : String(top + 1)
    this.#out += `\x1b[${line};${bottom + 1}r\x1b[${line}H\x1b[${times}${lines > 0 ? 'L' : 'M'}\x1b[r`
    this.#x = this.#y = 0
  }

  /** Writes the row's cells from one column up to another, that one excluded. */
  write(row: CellRow, y: number, from: number, to: number): void {
    this.#move(row, from, y)
    for (let x = from; x < to; x++) {
      const cell = row[x]!
      if (cell.width === 0) continue
      if (this.#x === undefined) this.#move(row, x, y)
      this.#put(cell, row.length)
    }
  }

  /** Blanks from a column to the right edge. */
  eraseTail(row: CellRow, x: number, y: number): void {
    this.#move(row, x, y)
    this.#use(plain)
    this.#out += '\x1b[K'
  }

  /** Blanks some columns; the cursor stays before them. */
  erase(row: CellRow, x: number, y: number, columns: number): void {
    this.#move(row, x, y)
    this.#use(plain)
    this.#out += `\x1b[${columns}X`
  }

  #use(style: Style): void {
    this.#out +=
      this.#style === undefined ? `\x1b[m${transition(plain, style)}` : transition(this.#style, style)
    this.#style = style
  }

  /** A plain blank needs no change of style unless this one would show on it. */
  #needs(cell: Cell): boolean {
    if (this.#style === undefined) return true
    return cell === blank ? this.#style.marksBlanks : this.#style !== cell.style
  }

  #put(cell: Cell, columns: number): void {
    if (this.#needs(cell)) this.#use(cell.style)
    // Where a terminal takes it for narrow, its second column must not show what was there before.
    if (cell.isDisputed && cell.width === 2) this.#out += `  \x1b[${this.#x! + 1}G`
    this.#out += cell.text
    const x = this.#x! + cell.width
    this.#x = cell.isDisputed || x >= columns ? undefined : x
  }

  #move(row: CellRow, x: number, y: number): void {
    if (this.#y === y && this.#x === x) return
    let best = `\x1b[${y === 0 && x === 0 ? '' : y + 1}${x === 0 ? '' : `;${x + 1}`}H`
    const consider = (way: string | undefined): void => {
      if (way !== undefined && way.length < best.length) best = way
    }
    if (this.#y === y) {
      consider(x === 0 ? '\r' : `\x1b[${x + 1}G`)
      if (this.#x !== undefined) {
        const distance = x - this.#x
        consider(distance > 0 ? `\x1b[${distance === 1 ? '' : distance}C` : '\b'.repeat(-distance))
        if (distance > 0 && distance < best.length) consider(this.#retrace(row, this.#x, x))
      }
    } else if (this.#y === y - 1 && x === 0) consider('\r\n')
    else if (this.#x === x) consider(`\x1b[${y + 1}d`)
    this.#out += best
    this.#x = x
    this.#y = y
  }

  /** The unchanged cells between two columns, if writing them again takes nothing but their characters. */
  #retrace(row: CellRow, from: number, to: number): string | undefined {
    let text = ''
    for (let x = from; x < to; x++) {
      const cell = row[x]!
      if (cell.width !== 1 || cell.text > '~' || this.#needs(cell)) return undefined
      text += cell.text
    }
    return text
  }
}
