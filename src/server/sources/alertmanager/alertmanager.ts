import { mapEach } from '../map-each.ts'
import { defineSource } from '../source.ts'
import { toInsight } from './alert-to-insight.ts'
import { AlertmanagerAlert, Notification } from './notification.ts'

/** Where Alertmanager's `webhook_configs` point to. It repeats itself by design. */
export const alertmanager = defineSource({
  title: 'Alertmanager notification of version 4',
  // A group may be large, and what is refused is lost: Alertmanager gives up on a 4xx.
  maxBodyBytes: 16 * 1024 * 1024,
  schema: Notification,
  map({ alerts, truncatedAlerts }, riskOf) {
    const mapped = mapEach(alerts, AlertmanagerAlert, (alert) => toInsight(alert, riskOf))
    if (!truncatedAlerts) return mapped
    const leftOut = `Alertmanager left out ${truncatedAlerts} alerts of the group (max_alerts of the receiver)`
    return { ...mapped, notes: [...mapped.notes, leftOut] }
  },
})
