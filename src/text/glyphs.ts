import type { Severity } from '../protocol/severity.ts'

/** The few signs that the screen draws with. Each is one column wide, except in `severity`. */
export interface Glyphs {
  /** All of one width, `severityWidth` columns. */
  readonly severity: Readonly<Record<Severity, string>>
  readonly severityWidth: number
  readonly selected: string
  readonly status: Readonly<Record<'open' | 'acknowledged' | 'resolved', string>>
  readonly live: string
  readonly catchingUp: string
  readonly waiting: string
  readonly retry: string
  readonly stopped: string
  readonly frozen: string
  readonly times: string
  readonly rule: string
  readonly ellipsis: string
  readonly dot: string
  readonly arrow: string
  readonly dash: string
  /** From nothing to most. */
  readonly levels: readonly string[]
}

const unicode: Glyphs = {
  severity: { critical: '‼', warning: '!', info: '·' },
  severityWidth: 1,
  selected: '▌',
  status: { open: ' ', acknowledged: '○', resolved: '✓' },
  live: '●',
  catchingUp: '⇣',
  waiting: '○',
  retry: '↻',
  stopped: '■',
  frozen: '‖',
  times: '×',
  rule: '─',
  ellipsis: '…',
  dot: '·',
  arrow: '→',
  dash: '–',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
}

const plain: Glyphs = {
  severity: { critical: '!!', warning: ' !', info: ' .' },
  severityWidth: 2,
  selected: '>',
  status: { open: ' ', acknowledged: 'a', resolved: 'r' },
  live: '*',
  catchingUp: 'v',
  waiting: 'o',
  retry: '~',
  stopped: '#',
  frozen: '"',
  times: 'x',
  rule: '-',
  ellipsis: '~',
  dot: '.',
  arrow: '->',
  dash: '-',
  levels: [' ', '.', ':', '-', '=', '+', '*', '#'],
}

export const glyphsFor = (ascii: boolean): Glyphs => (ascii ? plain : unicode)
