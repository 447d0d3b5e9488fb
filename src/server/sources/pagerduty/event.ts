import { z } from 'zod'

const text = z.string().nullish()
const key = z.string().max(255).nullish()

/** `payload` of an event: what it is about, in the Common Event Format. */
const Payload = z.object({
  summary: z.string().min(1),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: text,
  component: text,
  group: text,
  class: text,
  custom_details: z.unknown().optional(),
})

const Trigger = z.object({
  event_action: z.literal('trigger'),
  dedup_key: key,
  payload: Payload,
  client: text,
  client_url: text,
  links: z.array(z.object({ href: text, text })).nullish(),
  images: z.array(z.object({ src: text, href: text, alt: text })).nullish(),
})
export type Trigger = z.infer<typeof Trigger>

const FollowUp = z.object({
  event_action: z.enum(['acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255),
})
export type FollowUp = z.infer<typeof FollowUp>

/** What `POST /v2/enqueue` of the Events API takes. */
export const Event = z.discriminatedUnion('event_action', [Trigger, FollowUp])
export type Event = z.infer<typeof Event>
