import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn } from '@lydell/node-pty'
import { Emulator } from './emulator.ts'

interface PtyOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  /** Bytes a second that are taken from the program's side: a slow link. Unbounded by default. */
  readonly drain?: number
}

/** A program on a real pseudo-terminal, shown by an emulator. Close it at the end of the test. */
export class Pty extends Emulator {
  readonly #pty: IPty
  readonly #home = mkdtempSync(join(tmpdir(), 'iops-pty-'))
  #ended: { code: number; signal: number } | undefined

  constructor(file: string, argv: readonly string[], options: PtyOptions = {}) {
    const { columns = 80, rows = 24 } = options
    super(columns, rows)
    this.#pty = spawn(file, [...argv], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: this.#home,
      encoding: null,
      env: { PATH: process.env['PATH'], HOME: this.#home, LANG: 'C.UTF-8', ...options.env },
    })
    this.onReply = (data) => this.press(data)
    // With no encoding the data are buffers, whatever the types say.
    this.#pty.onData((data: string | Uint8Array) => {
      this.receive(data)
      if (options.drain === undefined) return
      this.#pty.pause()
      setTimeout(() => this.#pty.resume(), (data.length / options.drain) * 1000)
    })
    this.#pty.onExit(({ exitCode, signal }) => {
      this.#ended = { code: exitCode, signal: signal ?? 0 }
      this.wake()
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  press(keys: string): void {
    if (!this.#ended) this.#pty.write(keys)
  }

  resize(columns: number, rows: number): void {
    this.xterm.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** Waits for the program's end, and resolves with its exit code, or 128 and the signal's number. */
  async exit(milliseconds = 50_000): Promise<number> {
    await this.until(() => this.#ended !== undefined, milliseconds)
    await new Promise<void>((seen) => this.xterm.write('', seen))
    const { code, signal } = this.#ended!
    return signal === 0 ? code : 128 + signal
  }

  /** Kills the program if it still runs, and cleans up. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#pty.kill('SIGKILL')
      await this.exit()
    }
    this.xterm.dispose()
    rmSync(this.#home, { recursive: true, force: true })
  }
}

export const iopsBin = fileURLToPath(new URL('../../bin/iops.js', import.meta.url))

/** Runs the built `iops` on a pty, under the Node that runs the tests. */
export const openIops = (argv: readonly string[], options?: PtyOptions): Pty =>
  new Pty(process.execPath, [iopsBin, ...argv], options)

/** Runs a program of this folder on a pty, from its source. */
export const openFixture = (name: string, argv: readonly string[], options?: PtyOptions): Pty =>
  new Pty(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL(name, import.meta.url)), ...argv],
    {
      ...options,
      env: {
        TSX_TSCONFIG_PATH: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
        ...options?.env,
      },
    },
  )
