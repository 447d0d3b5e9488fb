// The yardstick of ingest: parses the body, answers 201, keeps nothing.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()
app.post('/insights', async (c) => {
  const body = await c.req.json()
  const accepted = Array.isArray(body) ? body.length : 1
  return c.json({ accepted, items: [{ alert_id: 'a', id: 'log-1', result: 'created' }] }, 201)
})
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' })
