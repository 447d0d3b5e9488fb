import { once } from 'node:events'
import { createServer as createProxy } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeCertificate } from '../helpers/certificate.ts'
import { serve } from '../helpers/serve.ts'
import { makeSnsSigner, topicArn } from '../helpers/sns-signer.ts'
import { fixture, postTo } from '../helpers/sources.ts'
import { temporary } from '../helpers/temporary.ts'

const host = 'sns.us-east-1.amazonaws.com'

/** Stands in for AWS behind a proxy, so that `iops serve` makes its real requests by HTTPS. */
async function openAws(certificate: string) {
  const tls = await makeCertificate(host)
  const asked: string[] = []
  const aws = createServer({ key: tls.key, cert: tls.cert }, ({ url = '' }, response) => {
    asked.push(url)
    response.end(url.endsWith('.pem') ? certificate : '<ConfirmSubscriptionResponse/>')
  })
  aws.listen(0, '127.0.0.1')
  await once(aws, 'listening')
  const proxy = createProxy()
  proxy.on('connect', ({ url }, client) => {
    if (url !== `${host}:443`) return void client.destroy()
    const upstream = connect((aws.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(async () => {
    aws.closeAllConnections()
    aws.close()
    proxy.close()
    await tls[Symbol.asyncDispose]()
  })
  const env = {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NODE_EXTRA_CA_CERTS: tls.file,
  }
  return { asked, env }
}

test('serve --sns-topic confirms the subscription of its topic and takes its alarms, and no others', async () => {
  const signer = await makeSnsSigner()
  const { asked, env } = await openAws(signer.certificate)
  using directory = temporary()
  await using server = await serve(join(directory.path, 'journal'), ['--sns-topic', topicArn], env)
  const post = (body: unknown) =>
    postTo(server, '/integrations/cloudwatch', body, { 'content-type': 'text/plain; charset=UTF-8' })
  expect(await post(signer.message('SubscriptionConfirmation'))).toMatchObject({
    status: 200,
    body: { confirmed: topicArn },
  })
  const alarm = fixture('cloudwatch/alarm')
  expect((await post(signer.notification(alarm))).body.accepted).toBe(1)
  expect((await post({ ...signer.notification(alarm), Subject: 'another' })).status).toBe(403)
  expect((await post(signer.notification(alarm, { TopicArn: `${topicArn}-2` }))).status).toBe(403)
  expect(asked.map((url) => url.replace(/[?-].*/, ''))).toEqual(['/SimpleNotificationService', '/'])
})
