import { Failure } from '../../../program/failure.ts'
import { parseDuration } from '../../../protocol/time/duration.ts'

/** Where the store lives and how it behaves. Durations are in milliseconds. */
export interface Location {
  readonly table: string
  /** The log's table; undefined reads the insight table alone, and writes nothing. */
  readonly logTable: string | undefined
  readonly region: string | undefined
  readonly endpoint: string | undefined
  /** How long an insight, and at least how long a log entry, is kept. 30 days. */
  readonly retention: number
  /** Longest wait between two looks at the log, and at the table for other writers' insights. 1 s. */
  readonly poll: number
  /** Pace of the walk over the whole table: time for every thousand insights. 15 s. */
  readonly sweep: number
  /** Whether other writers put insights straight into the table. True. */
  readonly relay: boolean
}

const locationForm =
  'dynamodb://TABLE?region=…&endpoint=…&log=TABLE|none&retention=30d&relay=on|off&poll=1s&sweep=15s'

const tableName = /^[A-Za-z0-9_.-]{3,255}$/
const parameters = ['region', 'endpoint', 'log', 'retention', 'relay', 'poll', 'sweep']

/** Reads `dynamodb://TABLE?…`. Throws a usage {@link Failure} that says what is wrong. */
export function parseLocation(text: string): Location {
  if (!URL.canParse(text)) throw wrong(`${text} is no store address.`)
  const url = new URL(text)
  const table = url.hostname
  if (!tableName.test(table) || !['', '/'].includes(url.pathname))
    throw wrong(`${text} names no table: 3–255 letters, digits, "_", "." and "-".`)
  for (const name of url.searchParams.keys())
    if (!parameters.includes(name)) throw wrong(`The store address has no parameter "${name}".`)
  const value = (name: string) => url.searchParams.get(name) ?? undefined
  const duration = (name: string, otherwise: number) => {
    const written = value(name)
    const parsed = written === undefined ? otherwise : parseDuration(written)
    if (parsed === undefined || parsed <= 0) throw wrong(`${name}=${written} is no duration like 30d or 1s.`)
    return parsed
  }
  const log = value('log') ?? `${table}-log`
  if (!tableName.test(log) && log !== 'none') throw wrong(`log=${log} is no table name.`)
  if (log === table) throw wrong('The log needs a table of its own; log= names the insight table.')
  const relay = value('relay') ?? 'on'
  if (relay !== 'on' && relay !== 'off') throw wrong(`relay=${relay} is neither on nor off.`)
  const endpoint = value('endpoint')
  if (endpoint !== undefined && !/^https?:/.test(URL.canParse(endpoint) ? endpoint : ''))
    throw wrong(`endpoint=${endpoint} is no http(s) URL.`)
  return {
    table,
    logTable: log === 'none' ? undefined : log,
    region: value('region'),
    endpoint,
    retention: duration('retention', 30 * 86_400_000),
    poll: duration('poll', 1000),
    sweep: duration('sweep', 15_000),
    relay: relay === 'on',
  }
}

const wrong = (message: string) => new Failure('usage', message, { hint: `It looks like ${locationForm}` })
