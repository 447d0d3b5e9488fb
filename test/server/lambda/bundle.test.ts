import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { unzipSync } from 'fflate'
import { bundleLambda } from '../../../scripts/lambda/bundle-lambda.ts'
import { zip } from '../../../scripts/lambda/zip.ts'
import { buildLambdaCode } from '../../helpers/lambda/lambda-function.ts'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
let bundle: Awaited<ReturnType<typeof bundleLambda>>
beforeAll(async () => {
  bundle = await bundleLambda()
})

test('the bundle has nothing of the HTTP server, the journal, the client or the screen', () => {
  const unwanted = bundle.inputs.filter((path) =>
    [
      /^src\/server\/http\/(node-|socket\/)/,
      /^src\/server\/stores\/(journal|open)/,
      /^src\/server\/telemetry\/metrics\.ts/,
      /^src\/(client|ui|commands|cli|simulation)/,
      /node_modules\/(@hono\/node-server|@prometheus-io|ink|react|undici|commander|eventsource|chalk|smol-toml)\//,
      /node_modules\/(aws-lambda-ric|fflate|yaml)\//,
    ].some((pattern) => pattern.test(path)),
  )
  expect(unwanted).toEqual([])
  expect(bundle.inputs).toEqual(
    expect.arrayContaining([
      'src/server/http/app.ts',
      'src/server/http/receive-insights.ts',
      'src/server/stream/hub.ts',
    ]),
  )
})

test('listens on nothing', () => {
  const code = Buffer.from(bundle.files['index.mjs'] ?? []).toString()
  expect(code).not.toMatch(/\bcreateServer\(/)
})

test('can be imported outside of AWS Lambda', async () => {
  const code = await buildLambdaCode()
  try {
    const script = `import(${JSON.stringify(join(code.directory, 'index.mjs'))}).then((made) => console.log(Object.keys(made).join()))`
    const env = { PATH: process.env['PATH'], IOPS_STORE: 'dynamodb://insights?region=eu-west-1' }
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env })
    expect(stdout).toBe('handler,relay,stream\n')
  } finally {
    code.remove()
  }
})

test('the zip is the same for every build, and small', async () => {
  const first = zip(bundle.files)
  const again = zip(Object.fromEntries(Object.entries((await bundleLambda()).files).toReversed()))
  expect(digest(again)).toBe(digest(first))
  expect(first.length).toBeLessThan(1024 * 1024)
  expect(Object.keys(unzipSync(first))).toEqual(['THIRD-PARTY-LICENSES', 'index.mjs'])
})
