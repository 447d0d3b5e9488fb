import { z } from 'zod'
import type { HttpFault } from '../../fault/http-fault.ts'
import { defineSource } from '../source.ts'
import { dedupKeyOf } from './dedup-key.ts'
import { eventToInsight } from './event-to-insight.ts'
import { Event } from './event.ts'

const Sender = z.object({ routing_key: z.string().optional().catch(undefined) })

/** The Events API of PagerDuty, version 2: whatever can page can post here. Its routing key is the server's token. */
export const pagerduty = defineSource({
  title: 'PagerDuty event of version 2',
  path: '/v2/enqueue',
  maxBodyBytes: 512 * 1024,
  schema: Event,

  verify(body, { admit }) {
    const { data } = Sender.safeParse(body)
    admit(data?.routing_key)
    return Promise.resolve(undefined)
  },

  map(event, riskOf) {
    const { input, notes } = eventToInsight(event, riskOf)
    return { inputs: [input], notes, faults: [] }
  },

  accepted: (body) => ({
    status: 'success',
    message: 'Event processed',
    dedup_key: dedupKeyOf(Event.parse(body)),
  }),

  refused: ({ status, body }: HttpFault) => ({
    status: status < 500 ? 'invalid event' : 'unavailable',
    message: status === 400 ? 'Event object is invalid' : body.error,
    errors: body.details?.map(describe) ?? [body.error],
  }),
})

function describe(detail: unknown): string {
  const { path, message } = detail as { path: string; message: string }
  return `${path} ${message}`.trim()
}
