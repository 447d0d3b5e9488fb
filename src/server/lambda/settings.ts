import { Failure } from '../../program/failure.ts'
import { canonicalOrigin } from '../http/access/origin.ts'

/** How a function was configured. */
export interface LambdaSettings {
  /** `dynamodb://TABLE?…` */
  readonly store: string
  /** The bearer token that callers must send; anyone may call without one. */
  readonly token: string | undefined
  /** Whether anyone may write without a token. */
  readonly insecure: boolean
  readonly corsOrigins: readonly string[]
  /** Whether answers say which pages may read them; false where what is in front of the function does. */
  readonly sendsCors: boolean
  /** What stands before the paths of this API, such as `/alerts`; empty without. */
  readonly basePath: string
  /** How long one stream lasts at most, in ms. */
  readonly streamMs: number
  readonly functionName: string
}

/** Reads the environment variables of a function. Throws a usage {@link Failure} that names the wrong one. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): LambdaSettings {
  const text = (name: string) => env[name] || undefined
  const store = text('IOPS_STORE')
  if (store === undefined)
    throw new Failure('usage', 'IOPS_STORE is not set', {
      hint: 'it names the table, like dynamodb://iops-dashboard-metrics',
    })
  const token = text('IOPS_SERVER_TOKEN')
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new Failure('usage', 'IOPS_SERVER_TOKEN must be printable ASCII without spaces')
  return {
    store,
    token,
    insecure: flag('IOPS_INSECURE', text('IOPS_INSECURE'), false),
    corsOrigins: (text('IOPS_CORS_ORIGINS') ?? '').split(/[\s,]+/).flatMap(readOrigin),
    sendsCors: flag('IOPS_CORS', text('IOPS_CORS'), true),
    basePath: readBasePath(text('IOPS_BASE_PATH')),
    streamMs: readSeconds(text('IOPS_STREAM_SECONDS') ?? '300') * 1000,
    functionName: text('AWS_LAMBDA_FUNCTION_NAME') ?? 'iops',
  }
}

function flag(name: string, value: string | undefined, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (['1', 'true', 'on'].includes(value.toLowerCase())) return true
  if (['0', 'false', 'off'].includes(value.toLowerCase())) return false
  throw new Failure('usage', `${name} is on or off, not "${value}"`)
}

function readOrigin(text: string): string[] {
  if (text === '') return []
  const origin = text === '*' || text === 'null' ? text : canonicalOrigin(text.replace(/\/$/, ''))
  if (origin !== undefined) return [origin]
  throw new Failure('usage', `IOPS_CORS_ORIGINS has "${text}", which is no origin like https://ops.example`)
}

function readBasePath(text = ''): string {
  const path = text.replace(/\/+$/, '')
  if (path === '' || /^\/[^?#\s]*$/.test(path)) return path
  throw new Failure('usage', `IOPS_BASE_PATH begins with a slash, like /alerts; it is "${text}"`)
}

function readSeconds(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= 60 && seconds <= 300) return seconds
  throw new Failure('usage', `IOPS_STREAM_SECONDS is a whole number from 60 to 300, not "${text}"`)
}
