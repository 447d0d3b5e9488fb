import type { Insight } from '../../src/protocol/insight/insight.ts'
import { fieldText } from '../../src/protocol/insight/unreadable.ts'
import {
  answerJson,
  openStream,
  type Route,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.ts'

export interface OldServer extends ScriptedServer {
  /** Newest last. */
  publish(...insights: readonly Insight[]): void
}

const perResponse = 10

/**
 * Behaves as the existing deployment does: three endpoints, no ids, no beats, times without `Z`; each
 * stream response holds the ten newest alerts, newest first, and ends; clients come back after `retry`.
 */
export async function startOldServer({ retry = 5000, port = 0 } = {}): Promise<OldServer> {
  const alerts = new Map<string, Record<string, unknown>>()
  const newest = (count: number) => [...alerts.values()].toReversed().slice(0, count)
  const routes: Readonly<Record<string, Route>> = {
    '/stream': (response) => {
      const events = newest(perResponse).map((alert) => `data: ${JSON.stringify(alert)}\n\n`)
      openStream(response, `retry: ${retry}\n\n${events.join('')}`).end()
    },
    '/insights/recent': (response, { url }) =>
      answerJson(response, 200, { items: newest(Number(url.searchParams.get('limit') ?? 50)) }),
    '/insights/aggregations': (response) => answerJson(response, 404, { error: 'Insight not found' }),
    '*': (response, { url }) => {
      const alert = alerts.get(decodeURIComponent(url.pathname.replace('/insights/', '')))
      if (alert) answerJson(response, 200, alert)
      else answerJson(response, 404, { error: 'Insight not found' })
    },
  }
  const server = await startScriptedServer(routes, undefined, port)
  return {
    ...server,
    publish(...insights) {
      for (const {
        alert_id,
        entity_id,
        timestamp,
        prediction_type,
        risk_score,
        explanation,
        ...rest
      } of insights) {
        const { recommendations, model_used, confidence } = rest
        const old = {
          alert_id,
          entity_id,
          timestamp: fieldText(timestamp).replace('Z', ''),
          prediction_type,
          risk_score,
        }
        alerts.delete(alert_id)
        alerts.set(alert_id, { ...old, explanation, recommendations, model_used, confidence })
      }
    },
  }
}
