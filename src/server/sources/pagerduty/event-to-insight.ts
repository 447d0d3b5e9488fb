import { limits } from '../../../protocol/insight/limits.ts'
import { normalizeTimestamp } from '../../../protocol/time/timestamp.ts'
import { cutBytes, cutLength } from '../../../text/cut-text.ts'
import { keepLabels } from '../keep-labels.ts'
import { isLink, linkOf } from '../link-of.ts'
import { printable } from '../printable.ts'
import type { SeverityScale } from '../severity-scale.ts'
import type { SourceInput } from '../source.ts'
import { decideChange, decideTrigger } from './decide-event.ts'
import { alertIdOf, dedupKeyOf } from './dedup-key.ts'
import type { FollowUp, Event, Trigger } from './event.ts'

/** One event as what it makes of the alert of its `dedup_key`. */
export function eventToInsight(event: Event, riskOf: SeverityScale): { input: SourceInput; notes: string[] } {
  return event.event_action === 'trigger'
    ? fromTrigger(event, riskOf)
    : { input: fromFollowUp(event, riskOf), notes: [] }
}

function fromTrigger(event: Trigger, riskOf: SeverityScale): { input: SourceInput; notes: string[] } {
  const { payload, client, client_url, links, images } = event
  const key = dedupKeyOf(event)
  const notes: string[] = []
  const facts = {
    ...detailsOf(payload.custom_details),
    component: payload.component,
    group: payload.group,
    class: payload.class,
    client,
    dedup_key: key,
  }
  const labels = Object.fromEntries(
    Object.entries(facts).filter((pair): pair is [string, string] => Boolean(pair[1])),
  )
  const explanation = cutBytes(payload.summary, limits.explanationBytes)
  if (explanation !== payload.summary) notes.push('its summary was too long')
  const [first, ...others] = (links ?? []).filter(({ href }) => isLink(href ?? undefined))
  const pictures = (images ?? []).filter(({ src }) => isLink(src ?? undefined))
  const recommendations = [
    ...others.map(({ href, text }) => `${text || 'Link'}: ${href}`),
    ...pictures.map(({ src, alt }) => `${alt || 'Picture'}: ${src}`),
  ]
  const timestamp = normalizeTimestamp(payload.timestamp ?? '')
  const input: SourceInput = {
    alert_id: alertIdOf(key),
    entity_id: printable(cutLength(payload.source, limits.idLength)),
    prediction_type: cutLength(payload.class || payload.component || 'event', limits.typeLength),
    risk_score: riskOf(payload.severity),
    explanation,
    confidence: 1,
    labels: keepLabels(labels, notes),
    recommendations: recommendations
      .slice(0, limits.recommendations)
      .map((text) => cutBytes(text, limits.recommendationBytes)),
    ...(timestamp !== undefined && { timestamp }),
    ...linkOf(first?.href ?? undefined, client_url ?? undefined),
    decide: decideTrigger,
  }
  return { input, notes: notes.map((note) => `${key}: ${note}`) }
}

/** What is known of an alert whose trigger has not come yet. */
function fromFollowUp({ event_action, dedup_key }: FollowUp, riskOf: SeverityScale): SourceInput {
  return {
    alert_id: alertIdOf(dedup_key),
    entity_id: printable(cutLength(dedup_key, limits.idLength)),
    risk_score: riskOf(undefined),
    labels: keepLabels({ dedup_key }, []),
    status: event_action === 'resolve' ? 'resolved' : 'acknowledged',
    decide: decideChange,
  }
}

/** Its fields as labels; what is no text as JSON. */
function detailsOf(details: unknown): Record<string, string> {
  if (details === undefined || details === null) return {}
  if (typeof details !== 'object' || Array.isArray(details)) return { custom_details: textOf(details) }
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, textOf(value)]))
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
