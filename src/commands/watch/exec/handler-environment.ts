import { fieldList } from '../../../protocol/insight/fields.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { fieldText } from '../../../protocol/insight/unreadable.ts'
import { severityOfInsight } from '../../../protocol/severity.ts'
import type { Io } from '../../../program/io.ts'

interface Watched {
  /** The server's base URL, as it is in force. */
  readonly url: string
  readonly filter: string | undefined
  readonly profile: string | undefined
}

/** The operating system takes no variable of more than 128 KiB; everything is on stdin. In characters. */
const maxVariable = 32_768

/** The variable of each field that is one value: `IOPS_RISK_SCORE`. `IOPS_URL` is the server's. */
const fieldVariables = fieldList
  .filter(({ content }) => content.kind !== 'texts' && content.kind !== 'labels')
  .map(({ name }) => ({ name, variable: name === 'url' ? 'IOPS_ALERT_URL' : `IOPS_${name.toUpperCase()}` }))

/** `IOPS_URL` and the others are those in force, so that a command may call `iops ack "$IOPS_ALERT_ID"`. */
export function handlerEnvironment(
  insight: Insight,
  watched: Watched,
  env: Io['env'],
): Record<string, string | undefined> {
  const values = {
    IOPS_URL: watched.url,
    IOPS_FILTER: watched.filter ?? '',
    ...(watched.profile !== undefined && { IOPS_PROFILE: watched.profile }),
    IOPS_SEVERITY: severityOfInsight(insight),
    ...Object.fromEntries(fieldVariables.map(({ name, variable }) => [variable, fieldText(insight[name])])),
  }
  // No variable can hold a NUL.
  const own = Object.entries(values).map(([name, value]) => [
    name,
    value.replaceAll('\0', '').slice(0, maxVariable),
  ])
  return { ...env, ...Object.fromEntries(own) }
}
