import { describe, expect, test } from 'vitest'
import { ackCommand } from '../../src/commands/ack.ts'
import { runGet } from '../../src/commands/get.ts'
import { resolveCommand } from '../../src/commands/resolve.ts'
import { runStatusChange } from '../../src/commands/shared/status-change.ts'
import { createTestIo, optionsOf } from '../helpers/command.ts'
import { publishOne, runServer } from '../helpers/server.ts'

describe('flags', () => {
  test.each<[string[], object]>([
    [['a'], { ids: ['a'] }],
    [['a', 'b', '--by', 'ann', '--json'], { ids: ['a', 'b'], by: 'ann', json: true }],
    [['-'], { ids: ['-'] }],
    [['--', '--token-command=touch x'], { ids: ['--token-command=touch x'] }],
    [['--by', 'ann', '--', '--json', '-', '--'], { ids: ['--json', '-', '--'], by: 'ann' }],
    [['a', '--url', 'http://h'], { ids: ['a'], url: 'http://h' }],
  ])('%j', async (argv, expected) => {
    expect(await optionsOf(ackCommand, argv)).toEqual({ status: 'acknowledged', ...expected })
    expect(await optionsOf(resolveCommand, argv)).toEqual({ status: 'resolved', ...expected })
  })

  test.each([[[]], [['--unknown']], [['-x']], [['a', '--by', ' ']], [['a', '--for', 'ever']]])(
    '%j is refused',
    async (argv) => {
      await expect(optionsOf(ackCommand, argv)).rejects.toThrow()
    },
  )
})

describe('ids on stdin', () => {
  const awkward = [
    'plain',
    'with space ',
    ' leading',
    '../../recent',
    '..%2F..',
    '%2F',
    'a/b?c#d',
    '警'.repeat(256),
    '"quoted"',
    "$(touch x)'`id`",
    '*',
    '\u202eabc',
  ]

  test('every id is taken as it stands, one a line', async () => {
    await using server = await runServer()
    for (const alert_id of awkward) await publishOne(server, { alert_id })
    const io = createTestIo({ input: `\r\n${awkward.join('\r\n')}\n\n   \n` })
    await runStatusChange({ ids: ['-'], status: 'resolved', by: 'ann', url: server.url }, io)
    for (const id of awkward)
      expect(await server.memory.get(id), id).toMatchObject({ status: 'resolved', acknowledged_by: 'ann' })
    expect(io.written.stdout.split('\n')).toHaveLength(awkward.length + 1)
    expect(io.written.stdout).not.toContain('\u202e')
  })

  test.each(['', '\n', '\r\n \n'])('%j is nothing to do, and asks nobody', async (input) => {
    const io = createTestIo({ input })
    await runStatusChange({ ids: ['-'], status: 'resolved', url: 'http://127.0.0.1:9' }, io)
    expect(io.written).toEqual({ stdout: '', stderr: '' })
  })

  test('stand between others, and a failure of one is counted with the rest', async () => {
    await using server = await runServer()
    for (const alert_id of ['a', 'b', 'c']) await publishOne(server, { alert_id })
    const io = createTestIo({ input: 'b\nmissing\n..\n' })
    const options = { ids: ['a', '-', 'c'], status: 'acknowledged', url: server.url } as const
    await expect(runStatusChange(options, io)).rejects.toThrow('2 of 5 could not be changed')
    expect(io.written.stdout).toBe('acknowledged  a\nacknowledged  b\nacknowledged  c\n')
    expect(io.written.stderr).toBe(
      'iops: missing: Insight not found (404)\niops: ..: no URL can carry the alert_id ".."\n',
    )
  })

  test('ids that are words of the REST paths are ids', async () => {
    await using server = await runServer()
    const ids = ['recent', 'aggregations', 'stream', '..']
    for (const alert_id of ids) await publishOne(server, { alert_id })
    const io = createTestIo({ input: ids.slice(0, 3).join('\n') })
    await runStatusChange({ ids: ['-'], status: 'resolved', url: server.url }, io)
    expect(io.written.stderr).toBe('')
    for (const id of ids) {
      const got = createTestIo()
      await runGet({ id, json: true, url: server.url }, got)
      expect(JSON.parse(got.written.stdout)).toMatchObject({ alert_id: id })
    }
  })

  test.each(['', '.', '..'])('%j as an argument names no other resource', async (id) => {
    await using server = await runServer()
    const io = createTestIo()
    const run = runStatusChange({ ids: [id], status: 'resolved', url: server.url }, io)
    await expect(run).rejects.toMatchObject({ reason: 'failed' })
  })
})
