import { toInsight } from '../alertmanager/alert-to-insight.ts'
import { isLink, linkOf } from '../link-of.ts'
import type { SeverityScale } from '../severity-scale.ts'
import type { SourceInput } from '../source.ts'
import type { GrafanaAlert } from './notification.ts'

/**
 * One alert as an insight, as Alertmanager's are. The link is the runbook, or else the panel, the dashboard or the
 * rule; those to silence it, to the dashboard and to the picture are recommendations. Its values change with each
 * repetition, so that they are told only where the rule says nothing else.
 */
export function toGrafanaInsight(
  alert: GrafanaAlert,
  riskOf: SeverityScale,
): { input: SourceInput; notes: string[] } {
  const annotations = alert.annotations ?? {}
  const { summary, description, message } = annotations
  const isSilent = !summary && !description && !message
  const told =
    isSilent && alert.valueString
      ? { ...alert, annotations: { ...annotations, summary: alert.valueString } }
      : alert
  const { input, notes } = toInsight(told, riskOf)
  const { silenceURL, panelURL, dashboardURL, imageURL, generatorURL } = alert
  const links = { Silence: silenceURL, Dashboard: panelURL || dashboardURL, Picture: imageURL }
  const recommendations = Object.entries(links).flatMap(([name, url]) =>
    isLink(url ?? undefined) ? [`${name}: ${url}`] : [],
  )
  const candidates = [annotations.runbook_url, panelURL, dashboardURL, generatorURL]
  return {
    input: {
      ...input,
      ...(recommendations.length > 0 && { recommendations }),
      ...linkOf(...candidates.map((url) => url ?? undefined)),
    },
    notes,
  }
}
