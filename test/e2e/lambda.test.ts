import { expect, test } from 'vitest'
import { createTables, startDynoxide } from '../helpers/dynamo.ts'
import { Iops } from '../helpers/iops.ts'
import { startGateway } from '../helpers/lambda/gateway.ts'
import { buildLambdaCode, LambdaFunction } from '../helpers/lambda/lambda-function.ts'
import { idsOf } from '../helpers/watch-server.ts'

const headers = { 'content-type': 'application/json' }

test(
  'watch --json over Lambda comes back whenever a stream ends, and misses nothing',
  { timeout: 180_000 },
  async () => {
    const emulator = await startDynoxide()
    const code = await buildLambdaCode()
    const { url } = await createTables(emulator)
    const env = { IOPS_STORE: url('poll=100ms') }
    const handler = await LambdaFunction.start(code, 'handler', env)
    const stream = await LambdaFunction.start(code, 'stream', env)
    const gateway = await startGateway({ handler, stream, timeoutMs: 4000 })
    try {
      const ids: string[] = []
      const publish = async () => {
        const alertId = `a${ids.length + 1}`
        const body = JSON.stringify({ alert_id: alertId, entity_id: 'e', risk_score: 50 })
        const { status } = await fetch(`${gateway.url}/insights`, { method: 'POST', headers, body })
        expect(status).toBe(201)
        ids.push(alertId)
      }
      await publish()
      await using watch = new Iops(['watch', '--json', '--url', gateway.url])
      await watch.until(({ stdout }) => stdout.includes('"a1"'))
      // Some come while a stream is open, some between two.
      while (gateway.streams() < 4) {
        await publish()
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
      await watch.until(({ stdout }) => stdout.includes(`"${ids.at(-1)}"`))
      watch.kill('SIGTERM')
      const { stdout } = await watch.ended
      expect(idsOf(stdout)).toEqual(ids)
    } finally {
      gateway.close()
      stream.thaw()
      await Promise.all([handler.stop(), stream.stop()])
      code.remove()
      await emulator.stop()
    }
  },
)
