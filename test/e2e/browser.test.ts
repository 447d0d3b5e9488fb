import { expect, test } from 'vitest'
import { chromium, openPage } from '../helpers/chromium.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const publish = (url: string, id: string) =>
  fetch(`${url}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alert_id: id, entity_id: 'cust_1', risk_score: 50 }),
  })

const ids = async (url: string) => {
  const { items } = (await (await fetch(`${url}/insights/recent`)).json()) as {
    items: { alert_id: string; status: string }[]
  }
  return items.map(({ alert_id, status }) => `${alert_id} ${status}`).sort()
}

test.skipIf(chromium === undefined)(
  "a browser's EventSource on another loopback origin gets what is there and what comes",
  async () => {
    using directory = temporary()
    await using server = await serve(directory.path)
    await publish(server.url, 'before')
    await using page = await openPage(`
      new EventSource('${server.url}/stream').onmessage = ({ data, lastEventId }) =>
        say('got', JSON.parse(data).alert_id + ' ' + lastEventId)`)
    expect(await page.said('got')).toMatch(/^before \w+-1-[0-9a-f]{4}$/)
    await publish(server.url, 'after')
    expect(await page.said('got')).toMatch(/^after \w+-2-[0-9a-f]{4}$/)
  },
)

/** Everything that a page may try on a server that isn't its own; says what it got by each. */
const attack = (url: string, id: string) => `
  const url = '${url}'
  const insight = JSON.stringify({ alert_id: '${id}', entity_id: 'x', risk_score: 99 })
  const json = { 'content-type': 'application/json' }
  const attempt = (name, path, options) =>
    fetch(url + path, options).then(async (r) => say(name, r.status + ' ' + (await r.text()).slice(0, 40)), () => say(name, 'blocked'))
  const form = (enctype) => {
    document.write('<iframe name="frame"></iframe><form target="frame" method="post" action="' + url + '/insights" enctype="' + enctype + '"><input name=\\'{"alert_id":"form","entity_id":"x","risk_score":1,"note":"\\' value=\\'"}\\'></form>')
    document.querySelector('iframe').onload = () => say('form', 'sent')
    document.querySelector('form').submit()
  }
  attempt('read', '/insights/recent')
  attempt('write', '/insights', { method: 'POST', headers: json, body: insight })
  attempt('plain', '/insights', { method: 'POST', mode: 'no-cors', body: insight })
  attempt('patch', '/insights/known', { method: 'PATCH', headers: json, body: '{"status":"resolved"}' })
  const source = new EventSource(url + '/stream')
  source.onmessage = ({ data }) => say('stream', data)
  source.onerror = () => { source.close(); say('stream', 'blocked') }
  form('text/plain')`

test.skipIf(chromium === undefined)('a page of another origin can neither read nor write', async () => {
  using directory = temporary()
  await using server = await serve(directory.path)
  await publish(server.url, 'known')
  await using page = await openPage(attack(server.url, 'attack'), { host: 'evil.example' })
  for (const name of ['read', 'write', 'patch', 'stream']) expect(await page.said(name), name).toBe('blocked')
  expect(await page.said('plain')).toBe('0 ')
  expect(await page.said('form')).toBe('sent')
  expect(await ids(server.url)).toEqual(['known open'])
})

test.skipIf(chromium === undefined)('a page whose name was turned to this machine gets nothing', async () => {
  using directory = temporary()
  await using server = await serve(directory.path)
  await publish(server.url, 'known')
  await using page = await openPage(attack('', 'attack'), { host: 'evil.example', reboundTo: server.url })
  for (const name of ['read', 'write', 'patch']) expect(await page.said(name), name).toMatch(/^421 /)
  expect(await page.said('stream')).toBe('blocked')
  expect(await page.said('form')).toBe('sent')
  expect(await ids(server.url)).toEqual(['known open'])
})

test.skipIf(chromium === undefined)('a page of an origin that is named reads and writes', async () => {
  using directory = temporary()
  await using server = await serve(directory.path, ['--cors-origin', '*'])
  await publish(server.url, 'known')
  await using page = await openPage(attack(server.url, 'page'), { host: 'ops.example' })
  expect(await page.said('read')).toMatch(/^200 \{"items":/)
  expect(await page.said('write')).toMatch(/^201 \{"accepted":1/)
  expect(await page.said('patch')).toMatch(/^200 /)
  expect(await page.said('stream')).toContain('"alert_id"')
  expect(await ids(server.url)).toEqual(['known resolved', 'page open'])
})
