import { isIPv6 } from 'node:net'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { parseDuration } from '../../protocol/time/duration.ts'
import { hostNameOf } from '../../server/http/access/host-name.ts'
import { canonicalOrigin } from '../../server/http/access/origin.ts'

/** What `iops serve` was asked to do. */
export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly store: string
  readonly retainAgeMs: number | undefined
  readonly retainCount: number | undefined
  readonly repair: boolean
  readonly tokenFile: string | undefined
  readonly token: string | undefined
  /** Whether it may listen beyond this machine without a token. */
  readonly insecure: boolean
  readonly allowHosts: readonly string[]
  readonly corsOrigins: readonly string[]
  readonly severityMap: string | undefined
  /** The file of sources of one's own. */
  readonly sources: string | undefined
  /** ARNs of the SNS topics that may send alarms. */
  readonly snsTopics: readonly string[]
}

/** From flags as they were written. Throws a {@link Failure} for what makes no sense. */
export function toOptions(flags: Record<string, unknown>, env: Io['env']): ServeOptions {
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const list = (name: string) => (Array.isArray(flags[name]) ? flags[name].map(String) : [])
  const age = text('retainAge')
  const retainAgeMs = age === undefined ? undefined : parseDuration(age)
  if (age !== undefined && !retainAgeMs)
    throw new Failure('usage', `--retain-age is a duration like 12h or 30d, not "${age}"`)
  const host = text('host') ?? '127.0.0.1'
  if (host === '') throw new Failure('usage', '--host is an address or a name like 127.0.0.1, not empty')
  return {
    host,
    port: whole('--port', text('port') ?? '4677', 0, 65_535),
    store: text('store') ?? '',
    retainAgeMs,
    retainCount:
      flags.retainCount === undefined
        ? undefined
        : whole('--retain-count', text('retainCount') ?? '', 1, 1e12),
    repair: flags.repair === true,
    tokenFile: text('tokenFile'),
    token: env.IOPS_SERVER_TOKEN || undefined,
    insecure: flags.insecure === true,
    allowHosts: list('allowHost').map(readHostName),
    corsOrigins: list('corsOrigin').map(readOrigin),
    severityMap: text('severityMap'),
    sources: text('sources'),
    snsTopics: list('snsTopic').map(readTopic),
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new Failure('usage', `${flag} is a whole number from ${min} to ${max}, not "${text}"`)
}

function readHostName(text: string): string {
  const bracketed = isIPv6(text) ? `[${text}]` : text
  const hasPort = bracketed.includes(':', bracketed.indexOf(']') + 1)
  const name = hasPort ? undefined : hostNameOf(bracketed)
  if (name !== undefined) return name
  throw new Failure('usage', `--allow-host is a host name like ops.example, without a port, not "${text}"`)
}

function readTopic(text: string): string {
  if (/^arn:aws[a-z-]*:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(text)) return text
  const form = 'arn:aws:sns:us-east-1:123456789012:alarms'
  throw new Failure('usage', `--sns-topic is the ARN of a topic like ${form}, not "${text}"`)
}

function readOrigin(text: string): string {
  if (text === '*' || text === 'null') return text
  const origin = canonicalOrigin(text.replace(/\/$/, ''))
  if (origin !== undefined) return origin
  throw new Failure('usage', `--cors-origin is an origin like https://ops.example, or "*", not "${text}"`)
}
