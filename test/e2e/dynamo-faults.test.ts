import { afterAll, beforeAll, expect, test, vi } from 'vitest'
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
        error: expect.stringMatching(
          `^The store can't serve now: DynamoDB .* PutItem \\(${fault}\\)`,
        ) as string,
        code: 'store_unavailable',
      })
      await using publishing = new Iops(['publish', '--json', '--retry-for', '1m'], {
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

const secret = 'arn:aws:iam::123456789012:user/eve'
type Fault = 'AccessDeniedException' | 'ThrottlingException' | 'ValidationException'
const cases = (['log', 'insights'] as const).flatMap((where) =>
  (['AccessDeniedException', 'ThrottlingException', 'ValidationException'] as const).map(
    (fault): [Fault, 'log' | 'insights'] => [fault, where],
  ),
)

test.concurrent.each(cases)(
  '%s for writes to the table of the %s is said everywhere, and passes',
  async (fault, where) => {
    const proxy = await startFaultProxy(emulator.endpoint)
    try {
      const tables = await createTables(emulator)
      const argv = ['serve', '--port', '0', '--store', tables.url('relay=off&poll=100ms', proxy.endpoint)]
      await using server = new Iops(argv, { env: credentials })
      const url = () => /listening on (http:\S+)/.exec(server.stderr)?.[1] ?? ''
      await server.until(() => url() !== '')
      const post = (alertId: string) =>
        fetch(`${url()}/insights`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ alert_id: alertId, entity_id: 'e', risk_score: 50 }),
        })
      expect((await fetch(`${url()}/readyz`)).status).toBe(200)
      proxy.message = `User: ${secret} is not authorized`
      proxy.fault = ({ operation, table }) => {
        if (where === 'log') return operation === 'PutItem' && table === tables.log ? fault : undefined
        if (operation === 'TransactWriteItems') return fault
        return operation === 'PutItem' && table === tables.table ? fault : undefined
      }
      // An entry that is in the log is acknowledged; the next one waits for its insight.
      if (where === 'insights') expect((await post('first')).status).toBe(201)
      if (where === 'insights' && fault === 'ValidationException') {
        // That insight alone is wrong, and the log has it: nobody else waits for it.
        expect((await post('second')).status).toBe(201)
        expect(server.stderr).toContain('insight not written to the table')
        return
      }
      const refused = await post('a')
      const answer = (await refused.json()) as { error: string; code: string }
      expect(refused.status).toBe(503)
      expect(answer.code).toBe('store_unavailable')
      expect(answer.error).toContain(fault)
      expect(answer.error).not.toContain('arn:')
      await post('a')
      const ready = await fetch(`${url()}/readyz`)
      expect(ready.status).toBe(503)
      expect(await ready.text()).toContain(fault)
      const lines = server.stderr.split('\n').filter((line) => line.includes('DynamoDB refuses a request'))
      const operations = lines.map((line) => /operation=(\w+)/.exec(line)?.[1])
      expect(operations.length).toBeGreaterThan(0)
      expect(new Set(operations).size).toBe(operations.length)
      expect(lines[0]).toContain(fault)
      expect(lines[0]).toContain(secret)
      const metrics = await (await fetch(`${url()}/metrics`)).text()
      expect(metrics).toContain('iops_store_refuses_writes 1')
      expect(metrics).toMatch(/iops_store_events_total\{event="refused"\} [1-9]/)
      proxy.fault = () => undefined
      // Nobody sends anything to a server that isn't ready.
      await vi.waitFor(async () => expect((await fetch(`${url()}/readyz`)).status).toBe(200), 40_000)
      expect((await post('a')).status).toBe(201)
    } finally {
      await proxy.stop()
    }
  },
  60_000,
)

test.concurrent('a throttled start is tried again', async () => {
  const proxy = await startFaultProxy(emulator.endpoint)
  try {
    const tables = await createTables(emulator)
    let left = 2
    proxy.fault = ({ operation }) =>
      operation === 'DescribeTable' && left-- > 0 ? 'ThrottlingException' : undefined
    const argv = ['serve', '--port', '0', '--store', tables.url('', proxy.endpoint)]
    await using server = new Iops(argv, { env: credentials })
    await server.until(({ stderr }) => stderr.includes('listening on'))
    expect(left).toBeLessThan(1)
  } finally {
    await proxy.stop()
  }
})

test.concurrent('a start that is denied says what for, and how to mend it', async () => {
  const proxy = await startFaultProxy(emulator.endpoint)
  try {
    const tables = await createTables(emulator)
    proxy.fault = ({ operation }) => (operation === 'Query' ? 'AccessDeniedException' : undefined)
    const { code, stderr } = await iops(['serve', '--port', '0', '--store', tables.url('', proxy.endpoint)], {
      env: credentials,
    })
    expect(code).toBe(5)
    expect(stderr).toContain('DynamoDB denies Query (AccessDeniedException)')
  } finally {
    await proxy.stop()
  }
})
