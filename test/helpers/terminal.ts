import { PassThrough, Writable } from 'node:stream'
import type { Io } from '../../src/program/io.ts'
import { Emulator } from './emulator.ts'

/** The keyboard's side of a terminal inside this process. */
class Keyboard extends PassThrough {
  readonly isTTY = true
  isRaw = false
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

/** The screen's side: a TTY stream whose writes end in the emulator. */
class Display extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  readonly #emulator: Emulator
  constructor(emulator: Emulator) {
    super({ decodeStrings: false })
    this.#emulator = emulator
    this.columns = emulator.xterm.cols
    this.rows = emulator.xterm.rows
  }
  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.#emulator.receive(chunk, done)
  }
  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }
}

/** A terminal inside this process: give its streams to what is tested, press keys, wait for what the screen shows. */
export class TestTerminal extends Emulator {
  readonly stdin = new Keyboard() as unknown as Keyboard & Io['stdin']
  readonly stdout: Display

  constructor({ columns = 80, rows = 24 }: { columns?: number; rows?: number } = {}) {
    super(columns, rows)
    this.stdout = new Display(this)
    this.onReply = (data) => this.press(data)
  }

  /** What a command on this terminal sees of the world. */
  io(now: () => number, signal: AbortSignal): Io {
    return { stdin: this.stdin, stdout: this.stdout, stderr: new PassThrough(), env: {}, now, signal }
  }

  press(keys: string): void {
    this.stdin.write(keys)
  }

  resize(columns: number, rows: number): void {
    this.xterm.resize(columns, rows)
    this.stdout.resize(columns, rows)
  }
}
