import { z } from 'zod'
import { AlertmanagerAlert } from '../alertmanager/notification.ts'

/** One alert of Grafana's notification: Alertmanager's, and links. */
export const GrafanaAlert = AlertmanagerAlert.extend({
  valueString: z.string().nullish(),
  silenceURL: z.string().nullish(),
  dashboardURL: z.string().nullish(),
  panelURL: z.string().nullish(),
  imageURL: z.string().nullish(),
})
export type GrafanaAlert = z.infer<typeof GrafanaAlert>

/** Body of Grafana's webhook contact point; each alert is read by itself. */
export const GrafanaNotification = z.object({
  alerts: z.array(z.unknown()),
  truncatedAlerts: z.number().nullish(),
})
