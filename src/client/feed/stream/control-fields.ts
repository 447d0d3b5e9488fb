const cr = 0x0d
const lf = 0x0a
const colon = 0x3a
const space = 0x20
const letterI = 0x69
const letterR = 0x72

/** What a stretch of an event stream says of the stream itself. */
export interface ControlFields {
  /** The last `id`; undefined where there is none. */
  readonly id: string | undefined
  /** The last `retry`, in milliseconds. */
  readonly retry: number | undefined
}

/**
 * Finds `id` and `retry` among whole events. The package that parses the stream keeps both to itself; only lines that
 * begin like one of them are looked at.
 */
export function controlFields(bytes: Uint8Array): ControlFields {
  const hasCr = bytes.includes(cr)
  let id: string | undefined
  let retry: number | undefined
  for (let start = 0; start < bytes.length;) {
    const first = bytes[start]
    const end = lineEnd(bytes, start, hasCr)
    if (first === letterI) id = fieldText(bytes, start, end, 'id') ?? id
    else if (first === letterR) retry = wholeMs(fieldText(bytes, start, end, 'retry')) ?? retry
    start = end + 1
  }
  return { id, retry }
}

/** Where the line that begins at `start` ends; the length of the bytes where it goes on behind them. */
export function lineEnd(bytes: Uint8Array, start: number, hasCr: boolean): number {
  const feed = bytes.indexOf(lf, start)
  const end = feed < 0 ? bytes.length : feed
  if (!hasCr) return end
  const back = bytes.subarray(start, end).indexOf(cr)
  return back < 0 ? end : start + back
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The value of one field; undefined where the line is of another one, or its value is to be ignored. */
function fieldText(bytes: Uint8Array, start: number, end: number, name: string): string | undefined {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name.charCodeAt(at)) return undefined
  const behind = start + name.length
  if (behind < end && bytes[behind] !== colon) return undefined
  const from = bytes[behind + 1] === space && behind + 1 < end ? behind + 2 : behind + 1
  const text = from >= end ? '' : decoder.decode(bytes.subarray(from, end))
  return text.includes('\0') ? undefined : text
}

const wholeMs = (text: string | undefined) => (text && /^\d+$/.test(text) ? Number(text) : undefined)
