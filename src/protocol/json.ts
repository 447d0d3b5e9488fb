/** JSON that reads back as other digits than it was sent with: integers past 2^53, and what overflows. */
const largeNumber = /[:,[\s]-?(?:\d{16}|\d[\d.]*[eE]\+?\d{3})/

/**
 * Parses JSON; undefined when it is none. A number that no double holds becomes a
 * `JSON.rawJSON` object, which `JSON.stringify` writes as it came.
 */
export function parseJson(text: string): unknown {
  try {
    return largeNumber.test(text) ? sourceJson.parse(text, keepDigits) : JSON.parse(text)
  } catch {
    return undefined
  }
}

// As in ECMAScript's JSON.parse source text access, which the compiler's library doesn't know yet.
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
const sourceJson = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}

const keepDigits: Reviver = (_, value, { source }) =>
  typeof value === 'number' && source !== undefined && isRounded(value, source)
    ? sourceJson.rawJSON(source)
    : value

/** Whether a value of {@link parseJson} is a number that no double holds. */
export const isRawNumber = (value: unknown): boolean => sourceJson.isRawJSON(value)

const isRounded = (value: number, source: string) =>
  !Number.isFinite(value) || (!Number.isSafeInteger(value) && /^-?\d+$/.test(source))
