import { beforeAll, expect, test } from 'vitest'
import { SnsTopics } from '../../../../src/server/sources/cloudwatch/sns-topics.ts'
import { runServer } from '../../../helpers/server.ts'
import { certificateUrl, makeSnsSigner, type SnsSigner, topicArn } from '../../../helpers/sns-signer.ts'
import { fixture, latestOf, postTo, resultsOf } from '../../../helpers/sources.ts'

let signer: SnsSigner
beforeAll(async () => {
  signer = await makeSnsSigner()
})

/** As SNS sends it. */
const plain = { 'content-type': 'text/plain; charset=UTF-8' }
const alarm = (fields: object = {}) => ({ ...(fixture('cloudwatch/alarm') as object), ...fields })
const ok = alarm({
  NewStateValue: 'OK',
  OldStateValue: 'ALARM',
  StateChangeTime: '2026-11-23T15:58:50.394+0000',
})
const again = alarm({ StateChangeTime: '2026-11-23T16:10:00.000+0000' })

/** A server for the test topic; what it asked AWS for is in `asked`. */
async function openTopic(settings: { token?: string; topics?: string[]; now?: () => Date } = {}) {
  const asked: string[] = []
  const get = (url: string) => {
    asked.push(url)
    return url === certificateUrl
      ? Promise.resolve(signer.certificate)
      : Promise.resolve('<ConfirmSubscriptionResponse/>')
  }
  const topics = new SnsTopics(settings.topics ?? [topicArn], get)
  const server = await runServer({ ...settings, topics })
  const post = (body: unknown) => postTo(server, '/integrations/cloudwatch', body, plain)
  return { ...server, asked, post }
}

test('a signed alarm is taken without the token; the certificate is asked for once', async () => {
  await using scene = await openTopic({ token: 'secret' })
  expect((await scene.post(signer.notification(alarm()))).status).toBe(200)
  expect((await scene.post(signer.notification(ok, { SignatureVersion: '2' }))).status).toBe(200)
  expect(scene.asked).toEqual([certificateUrl])
  expect(await latestOf(scene)).toMatchObject([
    {
      source: 'cloudwatch',
      status: 'resolved',
      prediction_type: 'checkout-5xx',
      entity_id: 'app/checkout/50dc6c495c0c9188',
      risk_score: 90,
      resolved_at: '2026-11-23T15:58:50.394Z',
      labels: { account: '123456789012', region: 'us-east-1', metric: 'HTTPCode_Target_5XX_Count' },
    },
  ])
})

test('a message without a subject is signed without one', async () => {
  await using scene = await openTopic()
  expect((await scene.post(signer.notification(alarm(), { Subject: undefined }))).status).toBe(200)
})

test.for<[string, () => object, string]>([
  ['another topic', () => signer.notification(alarm(), { TopicArn: `${topicArn}2` }), 'unknown_topic'],
  ['a changed message', () => ({ ...signer.notification(alarm()), Message: '{}' }), 'invalid_signature'],
  ['no signature', () => signer.notification(alarm(), { Signature: '' }), 'invalid_signature'],
  [
    'a certificate elsewhere',
    () =>
      signer.notification(alarm(), {
        SigningCertURL: 'https://evil.example/SimpleNotificationService-f3ecfb72.pem',
      }),
    'invalid_signature',
  ],
  ...[
    'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ecfb72.pem',
    'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-f3ecfb72.pem',
    'https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-f3ecfb72.pem',
    'https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-f3ecfb72.pem',
    'https://me@sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ecfb72.pem',
    'https://bucket.s3.amazonaws.com/SimpleNotificationService-f3ecfb72.pem',
    'https://sns.us-east-1.amazonaws.com/?Action=X&/SimpleNotificationService-f3ecfb72.pem',
    'https://sns.us-east-1.amazonaws.com/other.pem',
  ].map((url): [string, () => object, string] => [
    `a certificate at ${url}`,
    () => signer.notification(alarm(), { SigningCertURL: url }),
    'invalid_signature',
  ]),
])('%s is refused and nothing is asked for', async ([, make, code]) => {
  await using scene = await openTopic()
  const { status, body } = await scene.post(make())
  expect([status, body.code]).toEqual([403, code])
  expect(scene.asked.filter((url) => url !== certificateUrl)).toEqual([])
  expect(await latestOf(scene)).toEqual([])
})

test('without a list of topics, nothing is taken; an expired certificate is not, either', async () => {
  await using none = await openTopic({ topics: [] })
  expect((await none.post(signer.notification(alarm()))).status).toBe(403)
  await using late = await openTopic({ now: () => new Date(Date.now() + 10 * 86_400_000) })
  expect((await late.post(signer.notification(alarm()))).body.code).toBe('invalid_signature')
})

test('a subscription is confirmed once its signature is checked, on an AWS host only', async () => {
  await using scene = await openTopic()
  const { status, body } = await scene.post(signer.message('SubscriptionConfirmation'))
  expect([status, body]).toEqual([200, { confirmed: topicArn }])
  expect(scene.asked[1]).toMatch(/^https:\/\/sns\.us-east-1\.amazonaws\.com\/\?Action=ConfirmSubscription&/)
  for (const SubscribeURL of [
    'https://evil.example/?Action=ConfirmSubscription',
    'http://169.254.169.254/latest/meta-data/',
    'https://sns.us-east-1.amazonaws.com/?Action=DeleteTopic',
    `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topicArn}2`,
  ])
    expect((await scene.post(signer.message('SubscriptionConfirmation', { SubscribeURL }))).status).toBe(400)
  const forged = { ...signer.message('SubscriptionConfirmation'), Token: 'another' }
  expect((await scene.post(forged)).status).toBe(403)
  const left = await scene.post(signer.message('UnsubscribeConfirmation'))
  expect([left.status, left.body]).toEqual([200, { unsubscribed: topicArn }])
  expect(scene.asked).toHaveLength(2)
})

test('where the certificate can not be had, SNS is asked to come again, and may', async () => {
  let isDown = true
  const get = () => (isDown ? Promise.reject(new Error('ECONNREFUSED')) : Promise.resolve(signer.certificate))
  await using server = await runServer({ topics: new SnsTopics([topicArn], get) })
  const message = signer.notification(alarm())
  const refused = await postTo(server, '/integrations/cloudwatch', message, plain)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
  isDown = false
  expect((await postTo(server, '/integrations/cloudwatch', message, plain)).status).toBe(200)
})

test('changes of state in any order, and more than once, end in the newest', async () => {
  const states = [alarm(), ok, again]
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0, 1, 2],
    [2, 0, 1],
    [0, 2, 1, 0],
  ]) {
    await using scene = await openTopic()
    for (const index of order) await scene.post(signer.notification(states[index]))
    expect(await latestOf(scene), String(order)).toMatchObject([
      { status: 'open', timestamp: '2026-11-23T16:10:00.000Z', risk_score: 90 },
    ])
  }
  await using scene = await openTopic()
  await scene.post(signer.notification(ok))
  expect(resultsOf(await scene.post(signer.notification(alarm())))).toEqual(['unchanged'])
})

test('INSUFFICIENT_DATA is open and a warning; the next ALARM keeps an acknowledgement', async () => {
  await using scene = await openTopic()
  await scene.post(signer.notification(alarm({ NewStateValue: 'INSUFFICIENT_DATA' })))
  const [insight] = await latestOf(scene)
  expect(insight).toMatchObject({ status: 'open', risk_score: 70 })
  await fetch(`${scene.url}/insights/${insight?.alert_id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"status":"acknowledged","by":"ana"}',
  })
  await scene.post(
    signer.notification({
      ...again,
      AlarmDescription: null,
      Trigger: { MetricName: 7 },
      NewStateValue: 'INSUFFICIENT_DATA',
    }),
  )
  expect(await latestOf(scene)).toMatchObject([{ status: 'acknowledged', acknowledged_by: 'ana' }])
})

test.for(['hello', '{"AlarmName":"x"}', '[]'])('the message %s is no alarm: 400', async (text) => {
  await using scene = await openTopic()
  expect((await scene.post(signer.notification(text))).status).toBe(400)
})

test('raw message delivery is refused with what to do', async () => {
  await using scene = await openTopic()
  const { status, body } = await scene.post(alarm())
  expect(status).toBe(400)
  expect(body.error).toContain('raw message delivery')
})
