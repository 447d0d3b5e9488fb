import type { Command } from 'commander'
import { Failure } from '../../program/failure.ts'
import type { InsightInput } from '../../protocol/insight/insight.ts'
import { collect } from '../shared/flags.ts'
import { faultsIn } from './input.ts'

/** One insight, spelled out in flags. */
export interface FieldFlags {
  readonly entity?: string
  readonly risk?: string
  readonly type?: string
  readonly explanation?: string
  readonly recommend?: readonly string[]
  readonly model?: string
  readonly confidence?: string
  readonly status?: string
  readonly source?: string
  readonly label?: readonly string[]
  readonly link?: string
  readonly id?: string
  readonly timestamp?: string
}

const group = 'One insight:'

export function withFieldFlags(command: Command): Command {
  const flag = (flags: string, description: string) =>
    command.createOption(flags, description).helpGroup(group)
  return command
    .addOption(flag('-e, --entity <id>', 'whom or what it is about'))
    .addOption(flag('-r, --risk <score>', '0-100; from 60 a warning, from 80 critical'))
    .addOption(flag('-t, --type <type>', 'such as churn_risk'))
    .addOption(flag('-x, --explanation <text>', 'why, in a sentence'))
    .addOption(flag('--recommend <text>', 'what to do; may stand more than once').argParser(collect))
    .addOption(flag('--model <name>', 'what made it'))
    .addOption(flag('--confidence <p>', '0-1'))
    .addOption(flag('--status <status>', 'open, acknowledged or resolved'))
    .addOption(flag('--source <name>', 'who sent it'))
    .addOption(flag('--label <name=value>', 'may stand more than once').argParser(collect))
    .addOption(flag('--link <url>', 'a runbook or where it was made'))
    .addOption(flag('--id <alert_id>', 'the alert this is a new version of'))
    .addOption(flag('--timestamp <time>', 'RFC 3339; now, unless given'))
}

/** Undefined when no flag gives a field. Throws a usage {@link Failure} in the flags' own names. */
export function insightFromFlags(flags: FieldFlags): InsightInput | undefined {
  const fields = {
    alert_id: flags.id,
    entity_id: flags.entity,
    timestamp: flags.timestamp,
    prediction_type: flags.type,
    risk_score: number(flags.risk),
    explanation: flags.explanation,
    recommendations: flags.recommend,
    model_used: flags.model,
    confidence: number(flags.confidence),
    status: flags.status,
    source: flags.source,
    labels: flags.label && Object.fromEntries(flags.label.map(pair)),
    url: flags.link,
  }
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return undefined
  for (const [field, name] of [
    ['entity_id', '--entity'],
    ['risk_score', '--risk'],
  ] as const)
    if (!(field in given)) throw new Failure('usage', `an insight needs ${name}`)
  const faults = faultsIn(given)
  if (faults.length > 0) throw new Failure('usage', faults.join('; '))
  return given as InsightInput
}

/** What is no number stays as it is: the schema has the message for it. */
const number = (text: string | undefined) =>
  text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new Failure('usage', `--label takes name=value, not "${text}"`)
  return [text.slice(0, at), text.slice(at + 1)]
}
