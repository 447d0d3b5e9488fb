import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTables, credentials, type Emulator, startDynoxide } from '../helpers/dynamo.ts'
import { startFaultProxy } from '../helpers/fault-proxy.ts'
import { Iops, iops } from '../helpers/iops.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())

const body = JSON.stringify({ alert_id: 'a', entity_id: 'cust_1', risk_score: 50 })

test.concurrent.each(['ThrottlingException', 'ExpiredTokenException'] as const)(
  '%s is 503 with when to come back; publish comes back, and it is stored once',
  async (fault) => {
    const proxy = await startFaultProxy(emulator.endpoint)
    try {
      const tables = await createTables(emulator)
      const argv = ['serve', '--port', '0', '--store', tables.url('relay=off&poll=100ms', proxy.endpoint)]
      await using server = new Iops(argv, { env: credentials })
      const address = () => /listening on (http:\S+)/.exec(server.stderr)?.[1]
      await server.until(() => address() !== undefined)
      const post = () =>
        fetch(`${address()}/insights`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
      proxy.fault = ({ operation }) => (operation === 'PutItem' ? fault : undefined)
      const refused = await post()
      expect(refused.status).toBe(503)
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      expect(await refused.json()).toEqual({
        error: expect.stringContaining("The store can't serve now: DynamoDB doesn't serve: ") as string,
        code: 'store_unavailable',
      })
      await using publishing = new Iops(['publish', '--json'], {
        env: { IOPS_URL: address() ?? '' },
        input: body,
      })
      await publishing.until(({ stderr }) => stderr.includes('busy (503)'))
      proxy.fault = () => undefined
      const { code, stdout } = await publishing.ended
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ alert_id: 'a', result: 'created' })
      const again = (await (await post()).json()) as { items: { id: string; result: string }[] }
      expect(again.items).toMatchObject([{ result: 'unchanged', id: expect.stringMatching(/-1$/) as string }])
      const { stdout: recent } = await iops(['recent', '--ndjson', '--url', address() ?? ''])
      expect(recent.trim().split('\n')).toHaveLength(1)
    } finally {
      await proxy.stop()
    }
  },
  60_000,
)
