import { PassThrough } from 'node:stream'
import type { Io, Output } from '../../program/io.ts'
import { Keyboard, synchronizedRequest } from '../input/keyboard.ts'
import { drawDifference } from './diff.ts'
import { InkStream, screenSize } from './ink-stream.ts'
import { TerminalLink, statusRequest } from './terminal-link.ts'
import { Pen } from './pen.ts'
import { blank, forgetCells, parseRow, type CellRow } from './cell-row.ts'
import type { TakenTerminal } from './take-terminal.ts'
import { enterSequence, guardExit, leaveSequence, type TerminalMode, modeSequence } from './terminal-modes.ts'

interface ScreenOptions {
  /** Where the terminal's answers come in, between the keys. Without it the terminal is asked nothing. */
  readonly input?: Io['stdin']
  /** The terminal, where it has been taken over already. */
  readonly taken?: TakenTerminal | undefined
}

// Ink turns bracketed paste on and off by itself, through the stream that it draws to.
// oxlint-disable-next-line no-control-regex
const modeChange = /^(?:\x1b\[\?[\d;]+[hl])+$/
/** Below this a frame is so small that a terminal shows it at once anyway. */
const minSynchronized = 96
const answerTimeout = 150
/** For so long after a key a frame counts as its answer, in milliseconds. An esc is a key only after some time. */
const keyFrames = 150

/**
 * The last step to the terminal. It is handed whole frames; what goes out is the shortest way from what the terminal
 * shows to the newest frame, in one write. While the link is busy frames are skipped: nothing queues up.
 *
 * Ink draws to {@link Screen.stdout} and gets its keys from {@link Screen.stdin}: give both to its `render` together with
 * `debug: true`, so that each frame comes whole and in one write, `interactive: true` and `patchConsole: false`, and
 * leave its own `alternateScreen` off.
 */
export class Screen {
  readonly stdout: NodeJS.WriteStream
  /** The keys. Nothing where there is no input. */
  readonly stdin: NodeJS.ReadStream
  readonly #keyboard: Keyboard | undefined
  readonly #output: Output
  readonly #input: Io['stdin'] | undefined
  #taken: TakenTerminal | undefined
  readonly #pen = new Pen()
  readonly #link: TerminalLink
  readonly #modes = new Set<TerminalMode>()
  #frame: readonly string[] | undefined
  /** What the terminal shows; undefined when only a full draw is sure. */
  #shown: readonly CellRow[] | undefined
  #rows = new Map<string, CellRow>()
  /** Sequences that are no part of a frame and go out before the next one. */
  #pending = ''
  #isEntered = false
  #isHeld = false
  #keyAt = -Infinity
  #scheduled: NodeJS.Immediate | undefined
  #canSynchronize = false
  #stopReading: (() => void) | undefined
  #liftGuard: (() => void) | undefined
  #whenIdle: (() => void)[] = []

  constructor(output: Output, { input, taken }: ScreenOptions = {}) {
    this.#output = output
    this.#input = input
    this.#taken = taken
    this.#keyboard = input && new Keyboard(input)
    this.stdin = (this.#keyboard ?? new PassThrough()) as unknown as NodeJS.ReadStream
    this.#link = new TerminalLink(output, () => this.#flush())
    this.stdout = new InkStream(output, (chunk, done) =>
      this.#take(chunk, done),
    ) as unknown as NodeJS.WriteStream
  }

  /** Whether the terminal has not yet taken all that was drawn. Then a new frame only replaces the one that waits. */
  get isBusy(): boolean {
    return this.#link.isBusy
  }

  /** Takes the terminal over: alternate screen, no cursor, the modes that are on; the newest frame is drawn in full. */
  enter(): void {
    if (this.#isEntered) return
    this.#isEntered = true
    this.#isHeld = false
    this.#liftGuard = guardExit(() => this.#restore())
    this.#output.on('resize', this.#resized)
    this.#output.on('error', ignore)
    this.#link.setBlocking(false)
    let queries = ''
    if (this.#keyboard) {
      queries = synchronizedRequest + statusRequest
      this.#link.expect()
      this.#stopReading = this.#keyboard.listen({
        onStatus: () => this.#link.confirm(),
        onSynchronized: () => (this.#canSynchronize = true),
        isExpected: () => !this.#link.isAnswered,
        onKeys: () => (this.#keyAt = performance.now()),
      })
    }
    const modes = Array.from(this.#modes, (mode) => modeSequence(mode, true)).join('')
    const isTaken = this.#taken?.handOver() ?? false
    this.#taken = undefined
    this.#pending = (isTaken ? '' : enterSequence) + modes + queries + this.#pending
    this.redraw()
  }

  /** Gives the terminal back as it was, at once; frames wait for the next `enter`. */
  leave(): void {
    this.#restore()
    this.#liftGuard?.()
  }

  /**
   * To be awaited before raw mode ends. Nothing more is drawn, and answers that are still to come are taken in, for 150 ms
   * at most: later they would be read by the shell, as if typed.
   */
  async settle(): Promise<void> {
    this.#isHeld = true
    for (const done of this.#whenIdle.splice(0)) done()
    await this.#link.answered(answerTimeout)
  }

  /** Leaves for good. */
  close(): void {
    this.leave()
    // Whoever listened there has gone; a stream that still flows would keep the process alive.
    this.#input?.pause()
  }

  /** Shows a frame: the rows of the screen from the top, texts with SGR sequences. Of several in one turn the last counts. */
  readonly draw = (frame: readonly string[]): void => {
    this.#frame = frame
    // What follows from the same event belongs to the same frame: a resize is drawn once, with the new layout.
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined
      this.#flush()
    })
  }

  /** Draws everything anew, whatever the terminal shows: Ctrl-L, or somebody else wrote to it. */
  redraw(): void {
    this.#shown = undefined
    this.#flush()
  }

  /** Turns a mode on or off; it is off whenever the terminal is given back. */
  setMode(mode: TerminalMode, isOn: boolean): void {
    if (isOn === this.#modes.has(mode)) return
    if (isOn) this.#modes.add(mode)
    else this.#modes.delete(mode)
    this.send(modeSequence(mode, isOn))
  }

  /** Sends a sequence that draws nothing: bell, notification, clipboard. In order with the frames. */
  send(sequence: string): void {
    this.#pending += sequence
    this.#flush()
  }

  readonly #resized = (): void => {
    this.#shown = undefined
    this.#rows.clear()
  }

  #take(chunk: string, done: (() => void) | undefined): void {
    if (modeChange.test(chunk)) {
      if (chunk.includes('?2004')) this.setMode('paste', chunk.endsWith('h'))
    } else if (chunk !== '') this.draw(chunk.split('\n'))
    if (done === undefined) return
    if (!this.#isHeld && (this.isBusy || this.#scheduled)) this.#whenIdle.push(done)
    else process.nextTick(done)
  }

  #flush(): void {
    if (this.#scheduled || this.#isHeld || !this.#isEntered) return
    const isHurried = this.isBusy
    if (isHurried && !(this.#link.canHurry && performance.now() - this.#keyAt < keyFrames)) return
    const piece = this.#pending + this.#draw()
    this.#pending = ''
    if (piece !== '') this.#link.send(piece)
    else if (!isHurried) for (const done of this.#whenIdle.splice(0)) done()
  }

  #draw(): string {
    if (this.#frame === undefined) return ''
    const next = this.#parse(this.#frame)
    if (this.#shown?.length !== next.length) {
      this.#pen.reset()
      this.#pen.clear()
      this.#shown = next.map((row) => row.map(() => blank))
    }
    drawDifference(this.#pen, this.#shown, next)
    this.#shown = next
    const drawn = this.#pen.take()
    return this.#canSynchronize && drawn.length > minSynchronized ? `\x1b[?2026h${drawn}\x1b[?2026l` : drawn
  }

  /** A frame as rows of the screen's size. A line that was there before is the same row again. */
  #parse(lines: readonly string[]): CellRow[] {
    if (forgetCells()) {
      this.#shown = undefined
      this.#rows.clear()
    }
    const { columns, rows } = screenSize(this.#output)
    const known = new Map<string, CellRow>()
    const parsed = Array.from({ length: rows }, (_, y) => {
      const line = lines[y] ?? ''
      const row = known.get(line) ?? this.#rows.get(line) ?? parseRow(line, columns)
      known.set(line, row)
      return row
    })
    this.#rows = known
    return parsed
  }

  readonly #restore = (): void => {
    if (!this.#isEntered) return
    this.#isEntered = false
    this.#stopReading?.()
    this.#output.off('resize', this.#resized)
    this.#link.sendLast(leaveSequence)
    this.#link.setBlocking(true)
    this.#output.off('error', ignore)
    this.#shown = undefined
    for (const done of this.#whenIdle.splice(0)) done()
  }
}

const ignore = (): void => {}
