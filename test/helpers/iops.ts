import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const binary = fileURLToPath(new URL('../../bin/iops.js', import.meta.url))

interface RunOptions {
  /** On top of a path, a UTF-8 locale and a home of its own. */
  readonly env?: Readonly<Record<string, string>>
  /** Everything that stdin gives; it stays open without. */
  readonly input?: string
}

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** As a shell tells it: 128 and the signal's number when a signal ended it. */
  readonly code: number
}

const signals: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/** The built program as a child without a terminal. Ends with `await using`. */
export class Iops implements AsyncDisposable {
  stdout = ''
  stderr = ''
  readonly home = mkdtempSync(join(tmpdir(), 'iops-test-'))
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  #wake: () => void = () => {}

  constructor(argv: readonly string[], { env = {}, input }: RunOptions = {}) {
    this.child = spawn(process.execPath, [binary, ...argv], {
      cwd: this.home,
      env: { PATH: process.env['PATH'], HOME: this.home, USER: 'tester', LANG: 'C.UTF-8', ...env },
    })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#wake()
    })
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#wake()
    })
    this.child.stdin.on('error', () => {})
    if (input !== undefined) this.child.stdin.end(input)
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        rmSync(this.home, { recursive: true, force: true })
        resolve({
          stdout: this.stdout,
          stderr: this.stderr,
          code: code ?? 128 + (signals[signal ?? ''] ?? 0),
        })
        this.#wake()
      })
    })
  }

  /** Resolves when it has written so much; rejects when it ended before. */
  async until(holds: (iops: this) => boolean): Promise<void> {
    while (!holds(this)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended: ${this.stdout}\n${this.stderr}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

/** Runs one command to its end. */
export const iops = (argv: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  new Iops(argv, { input: '', ...options }).ended
