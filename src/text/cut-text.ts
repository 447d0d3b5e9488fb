/** At most `most` UTF-16 units, never half of a pair; what is cut ends in `…`. */
export function cutLength(text: string, most: number): string {
  return text.length <= most ? text : `${whole(text.slice(0, most - 1))}…`
}

/** At most `most` bytes of UTF-8, never half of a character; what is cut ends in `…`. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most - 3))
  return `${whole(text.slice(0, read))}…`
}

const whole = (text: string) => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text)
