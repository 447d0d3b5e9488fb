import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binary, Iops, iops } from '../helpers/iops.ts'
import { answerJson, startScriptedServer } from '../helpers/scripted-server.ts'
import { runServer } from '../helpers/server.ts'
import { temporary } from '../helpers/temporary.ts'

let server: Awaited<ReturnType<typeof runServer>>
let env: Record<string, string>

beforeAll(async () => {
  server = await runServer()
  env = { IOPS_URL: server.url }
})
afterAll(() => server[Symbol.asyncDispose]())

const publish = (insight: Record<string, unknown>) =>
  iops(['publish', '--quiet'], {
    env,
    input: JSON.stringify({ entity_id: 'cust_1', risk_score: 50, ...insight }),
  })
const ndjson = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('publish', () => {
  test('flags make one insight, and its id is printed', async () => {
    const { stdout, code } = await iops(
      ['publish', '--entity', 'cust_9', '--risk', '91', '--label', 'team=a=b', '--recommend', 'one'],
      { env },
    )
    expect(code).toBe(0)
    const id = /^created {4}(\S+)\n$/.exec(stdout)?.[1] ?? ''
    const { stdout: json } = await iops(['get', id, '--json'], { env })
    expect(JSON.parse(json)).toMatchObject({
      entity_id: 'cust_9',
      risk_score: 91,
      labels: { team: 'a=b' },
      recommendations: ['one'],
    })
  })

  test.each([
    ['an object over several lines', '{\n  "entity_id": "a",\n "risk_score": 1\n}', 1],
    ['an array', '[{"entity_id":"a","risk_score":1},{"entity_id":"b","risk_score":2}]', 2],
    ['NDJSON', '{"entity_id":"a","risk_score":1}\n\n{"entity_id":"b","risk_score":2}\n', 2],
    ['more than one batch', '{"entity_id":"a","risk_score":1}\n'.repeat(2300), 2300],
  ])('%s from stdin', async (_, input, count) => {
    const { stdout, code } = await iops(['publish', '--json'], { env, input })
    expect(code).toBe(0)
    expect(ndjson(stdout).filter(({ result }) => result === 'created')).toHaveLength(count)
  })

  test('the same insight again is unchanged', async () => {
    await publish({ alert_id: 'again' })
    const { stdout } = await iops(['publish'], {
      env,
      input: '{"alert_id":"again","entity_id":"cust_1","risk_score":50}',
    })
    expect(stdout).toBe('unchanged  again\n')
  })

  test('a file with a fault names line and field, and leaves nothing behind', async () => {
    using directory = temporary()
    const file = join(directory.path, 'input.ndjson')
    await writeFile(
      file,
      '{"alert_id":"half","entity_id":"a","risk_score":1}\n{"entity_id":"b","risk_score":101,"foo":1}\n',
    )
    const { stderr, stdout, code } = await iops(['publish', file], { env })
    expect({ stderr, stdout, code }).toEqual({
      stderr: 'iops: line 2: risk_score must be at most 100; line 2: foo is not a field of an insight\n',
      stdout: '',
      code: 1,
    })
    expect((await iops(['get', 'half'], { env })).code).toBe(1)
  })

  test.each([
    ['{"entity_id":', 'line 1: what begins here is not closed at the end of the input'],
    ['hello', 'line 1: expected { or [ but found "h"'],
  ])('%j on stdin is refused in one sentence', async (input, words) => {
    expect(await iops(['publish'], { env, input })).toEqual({
      stdout: '',
      stderr: `iops: ${words}\n`,
      code: 1,
    })
  })
})

test.each([503, 429])('publish waits as long as a server that answers %i asks for', async (status) => {
  await using busy = await startScriptedServer({
    '/insights': (response, { body }, nth) => {
      if (nth > 1) {
        const [{ alert_id } = { alert_id: '' }] = JSON.parse(body) as { alert_id: string }[]
        answerJson(response, 201, { accepted: 1, items: [{ alert_id, id: 'log-1', result: 'created' }] })
      } else response.writeHead(status, { 'retry-after': '1' }).end('{"error":"not now"}')
    },
  })
  const argv = ['publish', '--entity', 'cust_1', '--risk', '50', '--url', busy.url]
  const { code, stdout, stderr } = await iops(argv)
  expect(stderr).toBe(`the server is busy (${status}), next try in 1 s\n`)
  expect(stdout).toMatch(/^created {4}\S+\n$/)
  expect(code).toBe(0)
  const [first, second, ...more] = busy.visits('/insights').map(({ body }) => body)
  expect(second).toBe(first)
  expect(more).toEqual([])
})

describe('status', () => {
  test('ack and resolve say what became of each id', async () => {
    await publish({ alert_id: 'act-1' })
    expect(await iops(['ack', 'act-1', '--by', 'night shift'], { env })).toEqual({
      stdout: 'acknowledged  act-1\n',
      stderr: '',
      code: 0,
    })
    const { stdout, stderr, code } = await iops(['resolve', 'act-1', 'not-there'], { env })
    expect(stdout).toBe('resolved  act-1\n')
    expect(stderr).toContain('not-there')
    expect(code).toBe(1)
    const { stdout: json } = await iops(['get', 'act-1', '--json'], { env })
    expect(JSON.parse(json)).toMatchObject({ status: 'resolved', acknowledged_by: 'night shift' })
  })
})

describe('reading', () => {
  test('recent gives one array, and pages where one page is not enough', async () => {
    const input = Array.from({ length: 1200 }, (_, index) =>
      JSON.stringify({ alert_id: `page-${index}`, entity_id: 'paged', risk_score: 1 }),
    ).join('\n')
    await iops(['publish', '-q'], { env, input })
    const { stdout, code } = await iops(['recent', '--all', '--json', '-f', 'entity:paged'], { env })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(1200)
    const some = await iops(['recent', '-n', '1100', '--ndjson', '-f', 'entity:paged'], { env })
    expect(ndjson(some.stdout)).toHaveLength(1100)
  })

  test('stats counts', async () => {
    await publish({ prediction_type: 'only_here', risk_score: 90 })
    const { stdout } = await iops(['stats', '--json', '-f', 'type:only_here'], { env })
    expect(JSON.parse(stdout)).toMatchObject({ total: 1, critical: 1, byType: { only_here: 1 } })
  })

  test('simulate tells the same story for the same seed', async () => {
    const argv = ['simulate', '--seed', '77', '--count', '40', '--rate', '5000']
    expect((await iops(argv, { env })).code).toBe(0)
    const read = async () => {
      const { stdout } = await iops(['recent', '--all', '--ndjson', '-f', 'id:sim-25-*'], { env })
      return ndjson(stdout)
        .map((found) => JSON.stringify({ ...found, timestamp: '', resolved_at: '' }))
        .sort()
    }
    const first = await read()
    expect(first.length).toBeGreaterThan(10)
    expect((await iops(argv, { env })).code).toBe(0)
    expect(await read()).toEqual(first)
  })

  test('--exec gets the insight on stdin and in the environment, never as shell text', async () => {
    await publish({ alert_id: 'exec-1', entity_id: 'exec', explanation: '$(touch pwned); `id`' })
    const script = 'echo "$IOPS_ALERT_ID|$IOPS_EXPLANATION|$(cat)" | head -c 60; ls pwned 2>/dev/null'
    const { stdout, code, stderr } = await iops(
      ['watch', '--json', '--count', '1', '-f', 'entity:exec', '--exec', `${script}; true`],
      { env },
    )
    expect(code).toBe(0)
    expect(stderr).toBe('exec-1|$(touch pwned); `id`|{"alert_id":"exec-1","entity_id"')
    expect(ndjson(stdout)).toMatchObject([{ alert_id: 'exec-1' }])
  })

  test('--resume goes on where the last watch ended', async () => {
    using directory = temporary()
    const state = directory.path
    const argv = ['watch', '--json', '--resume', '-f', 'entity:resume', '--count', '1']
    const own = { env: { ...env, XDG_STATE_HOME: state } }
    await publish({ alert_id: 'r-1', entity_id: 'resume' })
    expect((await iops(argv, own)).stdout).toContain('r-1')
    await publish({ alert_id: 'r-2', entity_id: 'resume' })
    await publish({ alert_id: 'r-3', entity_id: 'resume' })
    const { stdout } = await iops([...argv.slice(0, -1), '2'], own)
    expect(ndjson(stdout).map(({ alert_id }) => alert_id)).toEqual(['r-2', 'r-3'])
  })
})

test('what cannot be written is a failure with words', () => {
  const { status, stderr } = spawnSync(
    '/bin/sh',
    ['-c', `"${process.execPath}" "${binary}" config show > /dev/full`],
    { encoding: 'utf8' },
  )
  expect(stderr).toMatch(/^iops: stdout can't be written: ENOSPC.*\n$/)
  expect(status).toBe(1)
})

test.each([[['nope', '--help']], [['help', 'nope']], [['nope']]])('%j is no command', async (argv) => {
  await using run = new Iops(argv, { input: '' })
  expect(await run.ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^iops: unknown command 'nope'/) as string,
  })
})

test('version prints what --version prints', async () => {
  await using named = new Iops(['version'], { input: '' })
  await using flagged = new Iops(['--version'], { input: '' })
  expect(await named.ended).toEqual(await flagged.ended)
})

test('what a token command says on its stderr is seen, and a hint is ASCII where the locale is', async () => {
  const url = 'http://127.0.0.1:1'
  const argv = ['recent', '--url', url, '--token-command', 'echo password: >&2; echo t']
  await using asking = new Iops(argv, { input: '' })
  expect((await asking.ended).stderr).toMatch(/^password:\niops: can't reach/)
  await using ascii = new Iops(['recent', '--profile', 'x'], { input: '', env: { LANG: 'C' } })
  expect((await ascii.ended).stderr).toContain('url = "https://..."')
})
