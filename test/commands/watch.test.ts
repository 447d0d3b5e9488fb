import { describe, expect, test } from 'vitest'
import { createConnection } from '../../src/client/connection.ts'
import { watchCommand, watchFeed } from '../../src/commands/watch.ts'
import { watchOptions } from '../../src/commands/watch/watch-options.ts'
import { createTestIo, optionsOf } from '../helpers/command.ts'
import { insight } from '../helpers/insights.ts'
import { startLogServer } from '../helpers/log-server.ts'

const now = Date.parse('2026-11-23T14:00:00Z')
const io = createTestIo({ now: () => now })
const noExec = { resume: undefined, exec: undefined }

describe('flags become options', () => {
  test.each<[string[], object]>([
    [[], { shape: 'plain', ...noExec }],
    [['--json'], { json: true, shape: 'json', ...noExec }],
    [['--plain', '-n', '0'], { plain: true, limit: 0, shape: 'plain', ...noExec }],
    [['--since', '1h'], { since: '2026-11-23T13:00:00.000Z', shape: 'plain', ...noExec }],
    [['--resume'], { shape: 'plain', exec: undefined, resume: { name: undefined } }],
    [['--resume=pager'], { shape: 'plain', exec: undefined, resume: { name: 'pager' } }],
    [
      ['--resume', 'pager', '--json'],
      { json: true, shape: 'json', exec: undefined, resume: { name: 'pager' } },
    ],
    [
      ['--exec', './page'],
      {
        shape: 'plain',
        resume: undefined,
        exec: { command: './page', jobs: 1, retries: 3, timeout: undefined },
      },
    ],
    [
      ['--exec', './page', '--exec-jobs', '4', '--exec-retries', '0', '--exec-timeout', '10s'],
      {
        shape: 'plain',
        resume: undefined,
        exec: { command: './page', jobs: 4, retries: 0, timeout: 10_000 },
      },
    ],
    [['--count', '3', '--timeout', '1m'], { count: 3, timeout: 60_000, shape: 'plain', ...noExec }],
    [['--max-attempts', '3'], { maxAttempts: 3, shape: 'plain', ...noExec }],
  ])('%j', async (argv, expected) => expect(await optionsOf(watchCommand, argv, io)).toEqual(expected))

  test.each<[string[], string]>([
    [['--json', '--plain'], 'choose one of --json and --plain'],
    [['--exec-jobs', '2'], 'need --exec'],
    [['--exec', ' '], '--exec has no command'],
    [['--exec', 'x', '--exec-jobs', '0'], 'from 1'],
    [['--resume=../x'], "can't name a position"],
    [['--resume='], "can't name a position"],
    [['--until', ''], 'It is empty'],
    [['--until', 'risk >= 80'], 'At character 1'],
  ])('%j is refused', async (argv, message) => {
    await expect(optionsOf(watchCommand, argv, io)).rejects.toThrow(message)
  })

  const terminal = { ...io, stdin: { ...io.stdin, isTTY: true }, stdout: { ...io.stdout, isTTY: true } }
  test.each([
    [{}, {}, 'dashboard'],
    [{ screenReader: true }, {}, 'screen-reader'],
    [{}, { ACCESSIBLE: '1' }, 'screen-reader'],
    [{}, { TERM: 'dumb' }, 'plain'],
    [{ json: true }, {}, 'json'],
    [{ exec: 'x' }, {}, 'plain'],
    [{ count: 1 }, {}, 'plain'],
  ])('on a terminal %j with %j is shown as %s', (flags, env, shape) => {
    expect(watchOptions(flags, { ...terminal, env }).shape).toBe(shape)
  })
})

test('runs by its options, without flags', async () => {
  await using server = await startLogServer()
  server.publish(insight({ alert_id: 'a' }), insight({ alert_id: 'b' }))
  const connection = createConnection({ url: server.url })
  const own = createTestIo()
  await watchFeed({ shape: 'json', count: 2, ...noExec }, connection, own)
  await connection.close()
  const lines = own.written.stdout.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { alert_id: 'a' },
    { alert_id: 'b' },
  ])
})
