/** One JSON text, and the line (from 1) on which it begins. */
export interface JsonText {
  readonly text: string
  readonly line: number
}

/** What can't be JSON, and on which line. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
}

const [tab, newline, carriageReturn, space, quote, backslash, recordSeparator, byteOrderMark] = [
  9, 10, 13, 32, 34, 92, 30, 0xfeff,
] as const
const [openBracket, closeBracket, openBrace, closeBrace] = [91, 93, 123, 125] as const

/**
 * Cuts a stream of text into the objects and arrays that stand in it one after the other, each as
 * soon as it is complete: one document, NDJSON, RFC 7464 text sequences and the output of `jq` alike.
 * Throws a {@link JsonFault} at the first thing that is none, after giving out what came before it.
 */
export async function* jsonValues(chunks: AsyncIterable<string>): AsyncGenerator<JsonText> {
  let held = ''
  let line = 1
  let begunOn = 1
  let depth = 0
  let quoted = false
  let escaped = false
  for await (const chunk of chunks) {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (code === newline) line++
      if (quoted) {
        if (escaped) escaped = false
        else if (code === backslash) escaped = true
        else if (code === quote) quoted = false
      } else if (code === openBrace || code === openBracket) {
        if (depth++ === 0) {
          start = at
          begunOn = line
        }
      } else if (depth === 0) {
        if (!isSpace(code)) throw new JsonFault(`line ${line}: expected { or [ but found "${chunk[at]}"`)
      } else if (code === quote) quoted = true
      else if ((code === closeBrace || code === closeBracket) && --depth === 0) {
        yield { text: held + chunk.slice(start, at + 1), line: begunOn }
        held = ''
        start = at + 1
      }
    }
    if (depth > 0) held += chunk.slice(start)
  }
  if (depth > 0)
    throw new JsonFault(`line ${begunOn}: what begins here is not closed at the end of the input`)
}

const isSpace = (code: number) =>
  code === newline ||
  code === space ||
  code === tab ||
  code === carriageReturn ||
  code === recordSeparator ||
  code === byteOrderMark
