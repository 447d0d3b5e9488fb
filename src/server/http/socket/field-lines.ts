/** Header fields of an answer. */
export type Fields = Readonly<Record<string, string>>

/** The fields as they are sent; made once for each object, and most answers share theirs. */
export function fieldLines(fields: Fields): string {
  let lines = made.get(fields)
  if (lines === undefined) {
    lines = Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    made.set(fields, lines)
  }
  return lines
}

const made = new WeakMap<Fields, string>()
