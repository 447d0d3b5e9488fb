import xterm from '@xterm/headless'
import stringWidth from 'string-width'

/** A terminal emulator without a window: what a person would see of the bytes that came. */
export class Emulator {
  readonly xterm: xterm.Terminal
  /** What the emulator answers to queries, as a terminal sends it to a program's input. */
  onReply: (data: string) => void = () => {}
  /** Bytes that came since the count was reset, and all of them. */
  bytes = 0
  total = 0
  /** Pieces of output that came, in their order. */
  readonly chunks: string[] = []
  readonly #waiting = new Set<() => void>()
  readonly #decoder = new TextDecoder()

  constructor(columns: number, rows: number) {
    this.xterm = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 })
    this.xterm.unicode.register(modernUnicode)
    this.xterm.unicode.activeVersion = modernUnicode.version
    this.xterm.onData((data) => this.onReply(data))
  }

  /** Takes output in; `seen` is called when it is on the screen. */
  receive(data: string | Uint8Array, seen: () => void = () => {}): void {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    this.bytes += length
    this.total += length
    this.chunks.push(typeof data === 'string' ? data : this.#decoder.decode(data, { stream: true }))
    this.xterm.write(data, () => {
      seen()
      this.wake()
    })
  }

  /** Lets those who wait look again. */
  wake(): void {
    for (const look of this.#waiting) look()
  }

  /** All that came, as one text. */
  get output(): string {
    return this.chunks.join('')
  }

  /** Forgets what was counted so far. */
  resetCount(): void {
    this.bytes = 0
    this.chunks.length = 0
  }

  get isAlternate(): boolean {
    return this.xterm.buffer.active.type === 'alternate'
  }

  /** The lines on the screen, without blank ends. */
  lines(): string[] {
    const buffer = this.xterm.buffer.active
    return Array.from({ length: this.xterm.rows }, (_, y) =>
      (buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '').trimEnd(),
    )
  }

  text(): string {
    return this.lines().join('\n').trimEnd()
  }

  /** Every cell of the screen, with character, width and style: two screens are the same when these are. */
  cells(): string[][] {
    const buffer = this.xterm.buffer.active
    return Array.from({ length: this.xterm.rows }, (_, y) => {
      const line = buffer.getLine(buffer.baseY + y)
      return Array.from({ length: this.xterm.cols }, (_, x) => describeCell(line?.getCell(x)))
    })
  }

  /** Waits until the screen's text satisfies the condition, and resolves with it. */
  async until(
    condition: string | RegExp | ((text: string, emulator: this) => boolean),
    milliseconds = 50_000,
  ): Promise<string> {
    const holds = (text: string): boolean => {
      if (typeof condition === 'string') return text.includes(condition)
      return condition instanceof RegExp ? condition.test(text) : condition(text, this)
    }
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const text = this.text()
        if (!holds(text)) return
        finish()
        resolve(text)
      }
      const timer = setTimeout(() => {
        finish()
        reject(new Error(`Waited in vain for ${String(condition)}. The screen:\n${this.text()}`))
      }, milliseconds)
      const finish = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

function describeCell(cell: xterm.IBufferCell | undefined): string {
  if (cell === undefined) return ''
  // A blank is a blank: xterm tells an erased cell from a written space, nobody else can.
  const characters = cell.getChars() || (cell.getWidth() === 0 ? '' : ' ')
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isInverse(),
    cell.isStrikethrough(),
  ].map((flag) => (flag ? 1 : 0))
  const isUnmarked = characters === ' ' && !cell.isInverse() && !cell.isUnderline() && !cell.isStrikethrough()
  const background = cell.isBgDefault() ? '-' : `${cell.getBgColorMode()}/${cell.getBgColor()}`
  // The colour and weight of nothing can't be seen.
  if (isUnmarked) return ` |1||${background}`
  const foreground = cell.isFgDefault() ? '-' : `${cell.getFgColorMode()}/${cell.getFgColor()}`
  return `${characters}|${cell.getWidth()}|${flags.join('')}|${foreground}|${background}`
}

/** Widths as today's terminals have them: emoji are wide. Without it, xterm measures as in 2010. */
const modernUnicode = {
  version: 'modern',
  wcwidth(code: number): 0 | 1 | 2 {
    if (code < 0x7f) return code < 0x20 ? 0 : 1
    if (code >= 0x1f1e6 && code <= 0x1f1ff) return 1
    return Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2
  },
  charProperties(code: number, preceding: number): number {
    const own = modernUnicode.wcwidth(code)
    const before = (preceding >> 1) & 3
    const joins = own === 0 && preceding !== 0 && before !== 0
    return ((joins ? before : own) << 1) | (joins ? 1 : 0)
  },
}
