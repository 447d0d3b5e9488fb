/** At most `max` UTF-16 units, never half of a pair; what is cut ends in `…`. */
export function cutLength(text: string, max: number): string {
  return text.length <= max ? text : `${whole(text.slice(0, max - 1))}…`
}

/** At most `max` bytes of UTF-8, never half of a character; what is cut ends in `…`. */
export function cutBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(max - 3))
  return `${whole(text.slice(0, read))}…`
}

const whole = (text: string) => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text)
