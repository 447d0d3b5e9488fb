import type { IBufferCell, Terminal } from '@xterm/headless'

const cellWidth = 8.4
const cellHeight = 18
const margin = 16
const ground = '#16181d'
const ink = '#d5d8df'
const palette = [
  '#2a2e37',
  '#e5636b',
  '#7fbf7a',
  '#dcb45c',
  '#6f9fe8',
  '#b98be0',
  '#5fb8bf',
  '#c4c8d0',
  '#5d6472',
  '#f28087',
  '#9bd695',
  '#efcb7c',
  '#8fb6f5',
  '#cfa9ee',
  '#84d0d6',
  '#f2f4f8',
]

interface Run {
  readonly x: number
  readonly style: string
  readonly background: string
  text: string
  columns: number
}

/** The cells of a terminal as an SVG picture, text staying text. */
export function screenToSvg(terminal: Terminal): string {
  const width = terminal.cols * cellWidth + 2 * margin
  const height = terminal.rows * cellHeight + 2 * margin
  const lines = Array.from({ length: terminal.rows }, (_, y) => lineOf(terminal, y))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(1)} ${height}" role="img" aria-label="The iops dashboard in a terminal">
<rect width="100%" height="100%" rx="10" fill="${ground}"/>
<g font-family="'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14" fill="${ink}">
${lines.filter((line) => line !== '').join('\n')}
</g>
</svg>
`
}

function lineOf(terminal: Terminal, y: number): string {
  const buffer = terminal.buffer.active
  const line = buffer.getLine(buffer.baseY + y)
  const runs: Run[] = []
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line?.getCell(x)
    if (!cell || cell.getWidth() === 0) continue
    const text = cell.getChars() || ' '
    const look = lookOf(cell)
    const run = runs.at(-1)
    if (run && run.style === look.style && run.background === look.background) {
      run.text += text
      run.columns += cell.getWidth()
    } else runs.push({ x, text, columns: cell.getWidth(), ...look })
  }
  return runs.map((run) => drawRun(run, y)).join('')
}

function drawRun({ x, text, columns, style, background }: Run, y: number): string {
  const top = margin + y * cellHeight
  const box =
    background === ''
      ? ''
      : `<rect x="${at(x)}" y="${top}" width="${wide(columns)}" height="${cellHeight}" fill="${background}"/>`
  const words = text.trim()
  if (words === '') return box
  const before = text.length - text.trimStart().length
  const after = text.length - text.trimEnd().length
  // XML folds plain spaces together.
  const escaped = words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(' ', '\u00a0')
  return `${box}<text x="${at(x + before)}" y="${top + 13}" textLength="${wide(columns - before - after)}" lengthAdjust="spacingAndGlyphs"${style}>${escaped}</text>`
}

const at = (column: number): string => (margin + column * cellWidth).toFixed(1)
const wide = (count: number): string => (count * cellWidth).toFixed(1)

function lookOf(cell: IBufferCell): { style: string; background: string } {
  const front = cell.isFgDefault() ? ink : colorOf(cell.getFgColor(), cell.isFgRGB())
  const back = cell.isBgDefault() ? '' : colorOf(cell.getBgColor(), cell.isBgRGB())
  const color = cell.isInverse() ? back || ground : front
  const attributes = [
    color === ink ? '' : ` fill="${color}"`,
    cell.isBold() ? ' font-weight="bold"' : '',
    cell.isDim() ? ' opacity="0.6"' : '',
    cell.isItalic() ? ' font-style="italic"' : '',
    cell.isUnderline() ? ' text-decoration="underline"' : '',
  ]
  return { style: attributes.join(''), background: cell.isInverse() ? front : back }
}

/** One of the sixteen of the theme, one of the 256, or a true colour. */
function colorOf(color: number, isTrue: boolean): string {
  if (isTrue) return `#${color.toString(16).padStart(6, '0')}`
  if (color < 16) return palette[color] ?? ink
  if (color >= 232) {
    const grey = (8 + (color - 232) * 10).toString(16).padStart(2, '0')
    return `#${grey}${grey}${grey}`
  }
  const cube = color - 16
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`
}

const level = (step: number): string => (step === 0 ? 0 : 55 + step * 40).toString(16).padStart(2, '0')
