/** Asks whether the terminal knows synchronised output. */
export const synchronizedRequest = '\x1b[?2026$p'

export interface Answers {
  /** The terminal has seen everything up to a status request. */
  readonly onStatus: () => void
  /** The terminal draws what stands between two marks at once. */
  readonly onSynchronized: () => void
  /** Something else came: keys. */
  readonly onKeys: () => void
}

// oxlint-disable-next-line no-control-regex
const answer = /\x1b\[(?:0(n)|\?2026;([0-4])\$y)/g
const longest = 12

/** Reads the terminal's answers from the keyboard's input, where they come in between the keys. Ink drops them there. */
export function readAnswers(
  input: NodeJS.ReadableStream,
  { onStatus, onSynchronized, onKeys }: Answers,
): () => void {
  let rest = ''
  const listener = (chunk: string | Uint8Array): void => {
    const text = rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1'))
    let end = 0
    let answered = 0
    for (const match of text.matchAll(answer)) {
      end = match.index + match[0].length
      answered += match[0].length
      if (match[1] !== undefined) onStatus()
      else if (match[2] === '1' || match[2] === '2') onSynchronized()
    }
    if (text.length > answered) onKeys()
    rest = text.slice(Math.max(end, text.length - longest))
  }
  input.on('data', listener)
  return () => {
    input.off('data', listener)
  }
}
