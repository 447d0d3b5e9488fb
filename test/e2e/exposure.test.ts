import { readdirSync } from 'node:fs'
import { get } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { iops, Iops } from '../helpers/iops.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const lan = Object.values(networkInterfaces())
  .flat()
  .find((address) => address && !address.internal && address.family === 'IPv4')?.address
const beyond = ['0.0.0.0', '::', '0', ...(lan === undefined ? [] : [lan])]

test.for(beyond)('without a token, listening on %s is refused, and nothing is touched', async (host) => {
  using directory = temporary()
  const { code, stderr } = await iops(
    ['serve', '--host', host, '--port', '0', '--store', `file:${join(directory.path, 'journal')}`],
    { env: { IOPS_SERVER_TOKEN: '' } },
  )
  expect(code).toBe(2)
  expect(stderr).toContain(host)
  expect(stderr).toContain('IOPS_SERVER_TOKEN')
  expect(stderr).toContain('--token-file')
  expect(stderr).toContain('--insecure')
  expect(readdirSync(directory.path)).toEqual([])
})

const listens = async (iops: Iops): Promise<string> => {
  const address = () => /listening on (http:\S+)/.exec(iops.stderr)?.[1]
  await iops.until(() => address() !== undefined)
  return address() ?? ''
}
const write = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"entity_id":"cust_1","risk_score":50}',
  })

test('with --insecure it listens beyond this machine, and pages of other origins still can not write', async () => {
  using directory = temporary()
  await using server = new Iops([
    'serve',
    '--host',
    '0.0.0.0',
    '--port',
    '0',
    '--store',
    directory.path,
    '--insecure',
  ])
  const url = await listens(server)
  expect((await write(url)).status).toBe(201)
  expect((await write(url, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await fetch(`${url}/insights/recent`)).headers.get('access-control-allow-origin')).toBe('*')
})

test('with a token it listens beyond this machine, and asks for it', async () => {
  using directory = temporary()
  await using server = new Iops(['serve', '--host', '0.0.0.0', '--port', '0', '--store', directory.path], {
    env: { IOPS_SERVER_TOKEN: 'secret' },
  })
  const url = await listens(server)
  expect((await write(url)).status).toBe(401)
  expect((await write(url, { authorization: 'Bearer secret' })).status).toBe(201)
})

test.for(['localhost', '127.0.0.1', '127.0.0.2', '::1'])(
  'on %s no token is needed',
  async (host, { skip }) => {
    if (
      host === '::1' &&
      !Object.values(networkInterfaces())
        .flat()
        .some((one) => one?.address === '::1')
    )
      skip('this machine has no IPv6 loopback')
    using directory = temporary()
    await using server = await serve(directory.path, ['--host', host])
    expect((await write(server.url)).status).toBe(201)
  },
)

test('--cors-origin and --allow-host, each more than once, open what they name', async () => {
  using directory = temporary()
  await using server = await serve(
    directory.path,
    '--cors-origin https://a.example --cors-origin https://b.example --allow-host ops.example --allow-host dash.example'.split(
      ' ',
    ),
  )
  for (const origin of ['https://a.example', 'https://b.example'])
    expect((await write(server.url, { origin })).status).toBe(201)
  expect((await write(server.url, { origin: 'https://c.example' })).status).toBe(403)
  const ask = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(`${server.url}/insights/recent`, { headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject)
    })
  expect(await Promise.all(['ops.example', 'dash.example:80', 'evil.example'].map(ask))).toEqual([
    200, 200, 421,
  ])
})
