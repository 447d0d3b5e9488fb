import { defineSource } from '../source.ts'
import { toInsight } from './alert-to-insight.ts'
import { Notification } from './notification.ts'

/** Where Alertmanager's `webhook_configs` point to. It repeats itself by design. */
export const alertmanager = defineSource({
  title: 'Alertmanager notification of version 4',
  // A group may be large, and what is refused is lost: Alertmanager gives up on a 4xx.
  maxBodyBytes: 16 * 1024 * 1024,
  schema: Notification,
  map({ alerts, truncatedAlerts = 0 }, riskOf) {
    const mapped = alerts.map((alert) => toInsight(alert, riskOf))
    const notes = mapped.flatMap(({ notes }) => notes)
    if (truncatedAlerts > 0)
      notes.push(`Alertmanager left out ${truncatedAlerts} alerts of the group (max_alerts of the receiver)`)
    return { inputs: mapped.map(({ input }) => input), notes }
  },
})
