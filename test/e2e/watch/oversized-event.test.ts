import { expect, test } from 'vitest'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { insight } from '../../helpers/insights.ts'
import { Iops } from '../../helpers/iops.ts'
import { openStream, startScriptedServer } from '../../helpers/scripted-server.ts'

const event = (id: string, explanation: string, withId = true) =>
  `${withId ? `id: log-${id}\n` : ''}data: ${encodeInsight(insight({ alert_id: `a${id}`, explanation }))}\n\n`

test.each([
  ['with an id', true, /skipped an event of 9,\d+ KiB, too large to be an alert \(log-2\)/],
  ['without ids', false, /skipped an event of 9,\d+ KiB, too large to be an alert \(without an id\)/],
])(
  'an event over the size bound is skipped and named, %s, and what is behind it is shown',
  async (_, ids, said) => {
    await using server = await startScriptedServer({
      '/stream': (response) => {
        openStream(response, 'retry: 50\n\n')
        response.write(
          event('1', 'small', ids) + event('2', 'x'.repeat(9_500_000), ids) + event('3', 'small', ids),
        )
      },
    })
    await using watch = new Iops(['watch', '--json', '--url', server.url])
    await watch.until(({ stdout, stderr }) => stdout.includes('"a3"') && said.test(stderr))
    expect(
      watch.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { alert_id: string }).alert_id),
    ).toEqual(['a1', 'a3'])
    expect(server.visits('/stream')).toHaveLength(1)
  },
)
