import { mapEach } from '../map-each.ts'
import { defineSource } from '../source.ts'
import { toGrafanaInsight } from './grafana-alert-to-insight.ts'
import { GrafanaAlert, GrafanaNotification } from './notification.ts'

/** Where a webhook contact point of Grafana's unified alerting points to. */
export const grafana = defineSource({
  title: 'Grafana webhook notification',
  // As of Alertmanager: a group may be large.
  maxBodyBytes: 16 * 1024 * 1024,
  schema: GrafanaNotification,
  map({ alerts, truncatedAlerts }, riskOf) {
    const mapped = mapEach(alerts, GrafanaAlert, (alert) => toGrafanaInsight(alert, riskOf))
    if (!truncatedAlerts) return mapped
    const leftOut = `Grafana left out ${truncatedAlerts} alerts of the group (Max Alerts of the contact point)`
    return { ...mapped, notes: [...mapped.notes, leftOut] }
  },
})
