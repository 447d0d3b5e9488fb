import type { Writable } from 'node:stream'

type LogLevel = 'info' | 'warn' | 'error'

/** One line per event: time, level, message, then `key=value` pairs (logfmt), to the operator. */
export type Logger = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, string | number | undefined>>,
) => void

/** A log line never spans lines and never carries a control character from a request. */
export function createLogger(stream: Writable, now: () => Date = () => new Date()): Logger {
  return (level, message, fields = {}) => {
    const pairs = Object.entries(fields).map(([key, value]) =>
      value === undefined ? '' : ` ${key}=${quote(value)}`,
    )
    stream.write(`${now().toISOString()} ${level.padEnd(5)} ${message}${pairs.join('')}\n`)
  }
}

function quote(value: string | number): string {
  const text = String(value)
  if (/^[\w./:@%+-]+$/.test(text)) return text
  // oxlint-disable-next-line no-control-regex
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
