import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { blocksOf, recipes, runRecipe } from '../helpers/recipe.ts'
import { existingPath, requireProgram } from '../helpers/serve.ts'
import { publishOne, runServer } from '../helpers/server.ts'
import { fixture, latestOf, postTo } from '../helpers/sources.ts'
import { temporary } from '../helpers/temporary.ts'

const amtool = requireProgram(existingPath('/usr/bin/amtool'), 'amtool')
const jq = requireProgram(existingPath('/usr/bin/jq'), 'jq')
const curl = requireProgram(existingPath('/usr/bin/curl'), 'curl')

/** The only block of a language. */
function blockOf(name: string, language: string): string {
  const [block, ...others] = blocksOf(name).filter(([one]) => one === language)
  if (block === undefined || others.length > 0) throw new Error(`${name} has not one block of ${language}`)
  return block[1]
}

/** The path that a page's configuration posts to, on the default address. */
const pathIn = (code: string) => /http:\/\/127\.0\.0\.1:4677(\/\S+)/.exec(code)?.[1] ?? ''

/** A server that keeps what is posted to it. */
async function openReceiver() {
  const posts: { title: string; body: string }[] = []
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    posts.push({ title: String(request.headers['title']), body: await text(request) })
    response.end('ok')
  }
  const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { posts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

const alert = { entity_id: 'db1', risk_score: 95, explanation: 'Disk of "db1"\nis $(full) & more' }

test('every page has a test here, and no block that it does not run', () => {
  const languages = Object.fromEntries(
    recipes.map((name) => [name, blocksOf(name).map(([language]) => language)]),
  )
  expect(languages).toEqual({
    alertmanager: ['yaml'],
    cloudwatch: ['sh'],
    desktop: ['sh'],
    email: ['sh'],
    eventbridge: ['toml', 'sh'],
    grafana: ['yaml'],
    ntfy: ['sh'],
    pagerduty: ['sh'],
    slack: ['sh'],
    'to-pagerduty': ['sh'],
  })
})

test.skipIf(amtool === undefined)(
  'alertmanager: amtool takes the configuration, whose address takes a notification',
  async () => {
    using directory = temporary()
    const config = blockOf('alertmanager', 'yaml')
    writeFileSync(join(directory.path, 'alertmanager.yml'), config)
    await using check = runRecipe('amtool check-config alertmanager.yml', directory.path, {})
    expect([await check.ended, check.output]).toEqual([0, expect.stringContaining('SUCCESS')])
    await using server = await runServer()
    expect((await postTo(server, pathIn(config), fixture('alertmanager/firing-single'))).body.accepted).toBe(
      1,
    )
  },
)

test('grafana: the address of the contact point takes a notification', async () => {
  await using server = await runServer()
  const path = pathIn(blockOf('grafana', 'yaml'))
  expect((await postTo(server, path, fixture('grafana/firing-two'))).body.accepted).toBe(2)
})

test('cloudwatch: the topic is subscribed, and the server starts for it', async () => {
  using directory = temporary()
  const code = blockOf('cloudwatch', 'sh').replace('iops serve', 'iops serve --port 0')
  await using recipe = runRecipe(code, directory.path, {}, { aws: 'printf "%s " aws "$@"' })
  await expect.poll(() => recipe.output).toContain('iops serve listening on')
  expect(recipe.output).toContain('--notification-endpoint https://ops.example/integrations/cloudwatch')
})

test.skipIf(curl === undefined)('pagerduty: the event is taken', async () => {
  using directory = temporary()
  await using server = await runServer({ token: 'the-token-of-iops' })
  await using recipe = runRecipe(blockOf('pagerduty', 'sh'), directory.path, { IOPS_URL: server.url })
  expect([await recipe.ended, recipe.output]).toEqual([0, expect.stringContaining('Event processed')])
  expect(await latestOf(server)).toMatchObject([
    { alert_id: 'pd-db1/disk', entity_id: 'db1', risk_score: 90 },
  ])
})

test('eventbridge: the event becomes an insight', async () => {
  using directory = temporary()
  writeFileSync(join(directory.path, 'sources.toml'), blockOf('eventbridge', 'toml'))
  await using recipe = runRecipe(blockOf('eventbridge', 'sh'), directory.path, {})
  expect(await recipe.ended, recipe.output).toBe(0)
  expect(recipe.output).toContain('"entity_id": "i-0123"')
  expect(recipe.output).toContain('left over:\n  id = "6a7e8feb"')
})

test.skipIf(jq === undefined || curl === undefined).for(['slack', 'ntfy'])(
  '%s: an alert is posted',
  async (name) => {
    using directory = temporary()
    await using server = await runServer()
    const { posts, url } = await openReceiver()
    const env = { IOPS_URL: server.url, SLACK_WEBHOOK_URL: url, NTFY_URL: url }
    await using recipe = runRecipe(blockOf(name, 'sh'), directory.path, env)
    await expect.poll(() => server.hub.subscribers).toBe(1)
    await publishOne(server, alert)
    await expect.poll(() => posts.length, { message: recipe.output }).toBe(1)
    const [post] = posts
    if (name === 'slack') expect(JSON.parse(post?.body ?? '')).toEqual({ text: `db1: ${alert.explanation}` })
    else expect(post).toEqual({ title: 'db1', body: alert.explanation })
  },
)

test.skipIf(jq === undefined || curl === undefined)(
  'to-pagerduty: trigger, and resolve by the same key',
  async () => {
    using directory = temporary()
    const key = '0123456789abcdef0123456789abcdef'
    await using server = await runServer()
    await using pagerduty = await runServer({ token: key })
    const env = { IOPS_URL: server.url, PAGERDUTY_URL: `${pagerduty.url}/v2/enqueue` }
    await using recipe = runRecipe(blockOf('to-pagerduty', 'sh'), directory.path, env)
    await expect.poll(() => server.hub.subscribers).toBe(1)
    await publishOne(server, { ...alert, alert_id: 'a1' })
    await expect.poll(() => pagerduty.memory.log.length, { message: recipe.output }).toBe(1)
    await publishOne(server, { ...alert, alert_id: 'a1', status: 'resolved' })
    await expect.poll(() => pagerduty.memory.log.length).toBe(2)
    expect(await latestOf(pagerduty)).toMatchObject([{ alert_id: 'pd-a1', status: 'resolved' }])
  },
)

test.for([
  ['email', 'sendmail', 'To: oncall@example.com\nSubject: db1\n'],
  ['desktop', 'notify-send', '--urgency=critical -- db1 Disk of'],
] as const)('%s: %s gets the alert', async ([name, program, expected]) => {
  using directory = temporary()
  await using server = await runServer()
  const told = join(directory.path, 'told')
  const script = name === 'email' ? `cat > "${told}"` : `printf "%s " "$@" > "${told}"`
  await using recipe = runRecipe(
    blockOf(name, 'sh'),
    directory.path,
    { IOPS_URL: server.url },
    { [program]: script },
  )
  await expect.poll(() => server.hub.subscribers).toBe(1)
  await publishOne(server, alert)
  await expect
    .poll(() => (existsSync(told) ? readFileSync(told, 'utf8') : recipe.output))
    .toContain(alert.explanation)
  expect(readFileSync(told, 'utf8')).toContain(expected)
})
