import { EventEmitter } from 'node:events'
import type { Output } from '../../program/io.ts'

/** 80×24 where the terminal does not say, or says 0×0, as a serial line does. */
export const screenSize = ({ columns, rows }: Output): { columns: number; rows: number } => ({
  columns: columns || 80,
  rows: rows || 24,
})

/** What Ink needs of a terminal's stream; what it writes goes to `take`. */
export class InkStream extends EventEmitter {
  readonly isTTY = true
  readonly writable = true
  readonly #output: Output
  readonly #take: (chunk: string, done: (() => void) | undefined) => void

  constructor(output: Output, take: (chunk: string, done: (() => void) | undefined) => void) {
    super()
    this.#output = output
    this.#take = take
  }

  get columns(): number {
    return screenSize(this.#output).columns
  }

  get rows(): number {
    return screenSize(this.#output).rows
  }

  write(chunk: string, done?: () => void): boolean {
    this.#take(chunk, done)
    return true
  }
}
