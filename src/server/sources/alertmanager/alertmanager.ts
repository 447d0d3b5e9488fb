import { z } from 'zod'
import type { PublishResult } from '../../../protocol/api.ts'
import { badRequest } from '../../http/http-fault.ts'
import type { Store } from '../../stores/store.ts'
import type { SeverityScale } from '../severity-scale.ts'
import { toInsight } from './alert-to-insight.ts'
import { appendInputs } from '../../ingest/ingest.ts'
import { readJsonBody } from '../../ingest/read-batch.ts'

/** A group may be large, and what is refused is lost: Alertmanager gives up on a 4xx. */
export const alertmanagerBodyBytes = 16 * 1024 * 1024

const strings = z.record(z.string(), z.string())

/** One alert of a notification; read tolerantly, newer versions add fields. */
export const Alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: strings,
  annotations: strings.optional(),
  startsAt: z.string(),
  endsAt: z.string().optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().optional(),
})
export type Alert = z.infer<typeof Alert>

/** Body of Alertmanager's webhook, version 4. */
const Notification = z.object({
  version: z.string().optional(),
  alerts: z.array(Alert),
  truncatedAlerts: z.number().optional(),
})

/** `notes` says what had to be left out or cut. */
export interface Received extends PublishResult {
  readonly notes?: string[]
}

/**
 * Takes a notification; resolves when its alerts are durable. The same notification again changes
 * nothing: Alertmanager repeats itself by design.
 */
export async function receiveAlerts(
  { store, riskOf }: { readonly store: Store; readonly riskOf: SeverityScale },
  body: Uint8Array,
  contentType: string | undefined,
  now: Date,
): Promise<Received> {
  const { success, data, error } = Notification.safeParse(readJsonBody(body, contentType))
  if (!success) {
    const details = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
    throw badRequest('invalid_notification', 'This is no Alertmanager notification of version 4.', details)
  }
  const mapped = data.alerts.map((alert) => toInsight(alert, riskOf))
  const notes = mapped.flatMap(({ notes }) => notes)
  if (data.truncatedAlerts)
    notes.push(
      `Alertmanager left out ${data.truncatedAlerts} alerts of the group (max_alerts of the receiver)`,
    )
  const result = await appendInputs(
    store,
    mapped.map(({ input }) => input),
    now,
  )
  return notes.length > 0 ? { ...result, notes } : result
}
