import { z } from 'zod'

const strings = z.record(z.string(), z.string())

/** One alert of a notification; read tolerantly, newer versions add fields. */
export const AlertmanagerAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: strings,
  annotations: strings.nullish(),
  startsAt: z.string(),
  endsAt: z.string().optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().optional(),
})
export type AlertmanagerAlert = z.infer<typeof AlertmanagerAlert>

/** Body of Alertmanager's webhook, version 4; each alert is read by itself. */
export const Notification = z.object({
  version: z.string().optional(),
  alerts: z.array(z.unknown()),
  truncatedAlerts: z.number().nullish(),
})
