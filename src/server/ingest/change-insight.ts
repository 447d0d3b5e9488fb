import { StatusChange } from '../../protocol/status-change.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { entityTag, namesTag } from './entity-tag.ts'
import { badRequest, HttpFault } from '../fault/http-fault.ts'
import { triageAfter } from './triage.ts'
import { readJsonBody } from './read-batch.ts'
import type { Store } from '../stores/store.ts'

interface ChangeRequest {
  readonly body: Uint8Array
  readonly contentType: string | undefined
  /** Entity tags of the versions that may be changed. */
  readonly ifMatch: string | undefined
  readonly now: Date
}

/** Changes an alert's status, durably; undefined when there is no such alert. */
export async function changeInsight(
  store: Store,
  alertId: string,
  { body, contentType, ifMatch, now }: ChangeRequest,
): Promise<Insight | undefined> {
  const change = parseChange(readJsonBody(body, contentType))
  const at = now.toISOString()
  if (change.acknowledged_until != null && change.acknowledged_until <= at)
    throw badRequest('invalid_change', 'The change is wrong: acknowledged_until lies in the past.')
  let refused = false
  const apply = (current: Insight | undefined) => {
    refused = ifMatch !== undefined && !(current && namesTag(ifMatch, entityTag(current), { weak: false }))
    if (!current || refused) return undefined
    return { ...current, ...triageAfter(current, change, at) }
  }
  const [outcome] = await store.append([{ alertId, apply }])
  if (outcome?.result === 'absent' && ifMatch === undefined) return undefined
  if (refused)
    throw new HttpFault(
      412,
      'precondition_failed',
      'The insight has changed since; read it again, then decide.',
    )
  return outcome?.insight
}

function parseChange(value: unknown): StatusChange {
  const { success, data, error } = StatusChange.safeParse(value)
  if (success) return data
  const details = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  const [first] = details
  const message = first ? `${first.path === '' ? '' : `${first.path}: `}${first.message}` : ''
  throw badRequest('invalid_change', `The change is wrong: ${message}.`, details)
}
