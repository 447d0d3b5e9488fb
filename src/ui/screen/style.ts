/** How a cell looks. Styles are interned: two cells look alike exactly when they share one. */
export interface Style {
  /** SGR parameters of the colours, `''` for the terminal's own. */
  readonly foreground: string
  readonly background: string
  /** One bit for each entry of the table of attributes. */
  readonly attributes: number
  /** Target of an OSC 8 link, `''` for none. */
  readonly link: string
  /** Whether a space in this style looks different from a plain one. */
  readonly marksBlanks: boolean
  /** SGR sequences that lead from here to other styles. */
  readonly transitions: Map<Style, string>
}

// SGR parameters that switch an attribute on and off. 22 ends both bold and dim.
const attributes = [
  { on: 1, off: 22 },
  { on: 2, off: 22 },
  { on: 3, off: 23 },
  { on: 4, off: 24 },
  { on: 7, off: 27 },
  { on: 8, off: 28 },
  { on: 9, off: 29 },
] as const
const marking = 0b1011000

const styles = new Map<string, Style>()

function intern(foreground: string, background: string, attributes: number, link: string): Style {
  const key = `${foreground}/${background}/${attributes}/${link}`
  let style = styles.get(key)
  if (style === undefined) {
    const marksBlanks = background !== '' || (attributes & marking) !== 0 || link !== ''
    style = { foreground, background, attributes, link, marksBlanks, transitions: new Map() }
    styles.set(key, style)
  }
  return style
}

/** The terminal's own look. */
export const plain = intern('', '', 0, '')

/** The style after the parameters of one SGR sequence, `1;31` for instance. Unknown ones change nothing. */
export function withParameters(style: Style, parameters: string): Style {
  let { foreground, background, attributes: bits } = style
  const codes = parameters.split(';').map(Number)
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index]!
    if (code === 0) [foreground, background, bits] = ['', '', 0]
    else if (code === 39) foreground = ''
    else if (code === 49) background = ''
    else if (code === 38 || code === 48) {
      const color = codes.slice(index, index + (codes[index + 1] === 5 ? 3 : 5))
      index += color.length - 1
      if (code === 38) foreground = color.join(';')
      else background = color.join(';')
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) foreground = String(code)
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) background = String(code)
    else
      attributes.forEach(({ on, off }, bit) => {
        if (code === on) bits |= 1 << bit
        else if (code === off) bits &= ~(1 << bit)
      })
  }
  return intern(foreground, background, bits, style.link)
}

/** The style with another link. Only http and https links of printable ASCII are links. */
export function withLink(style: Style, target: string): Style {
  const link = /^https?:\/\/[\x21-\x7e]+$/.test(target) ? target : ''
  return intern(style.foreground, style.background, style.attributes, link)
}

/** The shortest sequence that changes the terminal's style from one to another. */
export function transition(from: Style, to: Style): string {
  if (from === to) return ''
  let sequence = from.transitions.get(to)
  if (sequence === undefined) {
    const change = sgr(changes(from, to))
    const restart =
      to.foreground + to.background === '' && to.attributes === 0
        ? '\x1b[m'
        : sgr(['0', ...changes(plain, to)])
    sequence = change.length <= restart.length ? change : restart
    if (from.link !== to.link) sequence += `\x1b]8;;${to.link}\x1b\\`
    from.transitions.set(to, sequence)
  }
  return sequence
}

const sgr = (parameters: readonly string[]): string =>
  parameters.length === 0 ? '' : `\x1b[${parameters.join(';')}m`

function changes(from: Style, to: Style): string[] {
  const parameters: string[] = []
  let bits = from.attributes
  attributes.forEach(({ off }, bit) => {
    if (!(bits & ~to.attributes & (1 << bit))) return
    parameters.push(String(off))
    attributes.forEach((other, index) => {
      if (other.off === off) bits &= ~(1 << index)
    })
  })
  attributes.forEach(({ on }, bit) => {
    if (to.attributes & ~bits & (1 << bit)) parameters.push(String(on))
  })
  if (from.foreground !== to.foreground) parameters.push(to.foreground || '39')
  if (from.background !== to.background) parameters.push(to.background || '49')
  return parameters
}
