import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBufferedHandler } from '../../src/server/lambda/buffered-handler.ts'
import { openEnvironment } from '../../src/server/lambda/environment.ts'
import { createRelayHandler } from '../../src/server/lambda/relay-handler.ts'
import { createStreamingHandler } from '../../src/server/lambda/streaming-handler.ts'
import { readSettings } from '../../src/server/lambda/settings.ts'
import { insightTableInput, logTableInput } from '../../src/server/stores/dynamo/tables/tables.ts'
import { parseLocation } from '../../src/server/stores/dynamo/location.ts'
import { type JsonObject, readTemplate, type Template, textOf, uses } from '../helpers/cloudformation.ts'
import { createTables, directItem, type Emulator, startDynoxide } from '../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../helpers/fault-proxy.ts'
import { restEvent } from '../helpers/lambda/events.ts'
import { openTableStream } from '../helpers/lambda/table-stream.ts'

const path = fileURLToPath(new URL('../../deploy/template.yaml', import.meta.url))
const template: Template = readTemplate(path)
const { Parameters, Conditions, Resources, Outputs } = template

/** Names that SAM gives to what it makes itself. */
const madeBySam = Object.keys(Resources)
  .filter((name) => Resources[name]?.Type === 'AWS::Serverless::Function')
  .map((name) => `${name}Role`)

const properties = (name: string) => Resources[name]?.Properties ?? {}
const ofType = (type: string) => Object.entries(Resources).filter(([, { Type }]) => Type === type)

test('refers to nothing that is not there', () => {
  const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources), ...madeBySam])
  const whole = template as unknown as JsonObject
  for (const name of uses('Ref', whole))
    expect(known.has(textOf(name)) || textOf(name).startsWith('AWS::'), textOf(name)).toBe(true)
  for (const target of uses('Fn::GetAtt', whole)) expect(known).toContain((target as string[])[0])
  for (const use of uses('Fn::Sub', whole)) {
    const [text, local] = typeof use === 'string' ? [use, {}] : (use as [string, JsonObject])
    for (const [, name = ''] of text.matchAll(/\$\{([^}!]+)\}/g)) {
      const [target = ''] = name.split('.')
      const isKnown = target.startsWith('AWS::') || target in local || known.has(target)
      expect(isKnown, name).toBe(true)
    }
  }
  for (const { DependsOn } of Object.values(Resources)) if (DependsOn) expect(known).toContain(DependsOn)
})

test('every condition is there and used, and every parameter is used', () => {
  const whole = template as unknown as JsonObject
  const named = new Set([
    ...[...uses('Fn::If', whole)].map((use) => String((use as string[])[0])),
    ...[...uses('Condition', whole)].map(textOf),
  ])
  for (const name of named) expect(Conditions).toHaveProperty(name)
  expect([...named].sort()).toEqual(Object.keys(Conditions).sort())
  const referred = new Set([...uses('Ref', whole)].map(textOf))
  const text = JSON.stringify(template)
  for (const name of Object.keys(Parameters))
    expect(referred.has(name) || text.includes(`\${${name}}`), name).toBe(true)
})

test('what a condition leaves out is used under that condition only', () => {
  const conditional = new Map(
    Object.entries(Resources).flatMap(([name, { Condition }]) =>
      Condition ? [[name, Condition] as const] : [],
    ),
  )
  const check = (part: unknown, holding: readonly string[], where: string): void => {
    if (Array.isArray(part)) return part.forEach((each) => check(each, holding, where))
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries(part)) {
      if (key === 'Fn::If') {
        const [condition, yes, no] = value as [string, unknown, unknown]
        check(yes, [...holding, condition], where)
        check(no, holding, where)
        continue
      }
      const target =
        key === 'Ref' ? String(value) : key === 'Fn::GetAtt' ? String((value as string[])[0]) : ''
      const needed = conditional.get(target)
      if (needed !== undefined) expect(holding, `${where} uses ${target}`).toContain(needed)
      check(value, holding, where)
    }
  }
  for (const [name, resource] of Object.entries(Resources))
    check(resource.Properties, resource.Condition ? [resource.Condition] : [], name)
  for (const [name, output] of Object.entries(Outputs))
    check(output['Value'], output['Condition'] ? [textOf(output['Condition'])] : [], name)
})

test('makes the tables that the code asks for, and keeps them', () => {
  for (const [name, input] of [
    ['InsightTable', insightTableInput('x')],
    ['InsightLog', logTableInput('x')],
  ] as const) {
    const made = properties(name)
    expect(made['KeySchema']).toEqual(input.KeySchema)
    expect(made['AttributeDefinitions']).toEqual(input.AttributeDefinitions)
    expect(made['TimeToLiveSpecification']).toEqual({ AttributeName: 'ttl', Enabled: true })
    expect(made['PointInTimeRecoverySpecification']).toEqual({ PointInTimeRecoveryEnabled: true })
    expect(made['DeletionProtectionEnabled']).toBe(true)
    expect(made['OnDemandThroughput']).toBeDefined()
    expect(Resources[name]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  }
  const [index] = properties('InsightTable')['GlobalSecondaryIndexes'] as JsonObject[]
  expect(index).toMatchObject(insightTableInput('x').GlobalSecondaryIndexes?.[0] ?? {})
  expect(properties('InsightTable')['StreamSpecification']).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' })
})

test('a stack over an existing table makes none and relays from its stream', () => {
  expect(Conditions['MakesTable']).toEqual({ 'Fn::Equals': [{ Ref: 'ExistingTable' }, ''] })
  expect(Resources['InsightTable']?.Condition).toBe('MakesTable')
  expect(Resources['InsightLog']?.Condition).toBe('MakesLog')
  expect(properties('RelayMapping')).toMatchObject({
    EventSourceArn: {
      'Fn::If': [
        'MakesTable',
        { 'Fn::GetAtt': ['InsightTable', 'StreamArn'] },
        { Ref: 'ExistingTableStream' },
      ],
    },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  })
  const { Filters } = properties('RelayMapping')['FilterCriteria'] as { Filters: { Pattern: string }[] }
  for (const { Pattern } of Filters)
    expect(JSON.parse(Pattern)).toMatchObject({ eventName: ['INSERT', 'MODIFY'] })
})

test('streams through the integration that streams, and gives the rest whole', () => {
  const { paths } = properties('Api')['DefinitionBody'] as { paths: Record<string, JsonObject> }
  const integration = (target: string) => {
    const method = paths[target]?.['x-amazon-apigateway-any-method'] as JsonObject | undefined
    return (method?.['x-amazon-apigateway-integration'] ?? {}) as JsonObject
  }
  const uri = (target: string) => textOf((integration(target)['uri'] as JsonObject)['Fn::Sub'])
  for (const target of ['/stream', '/insights/stream']) {
    expect(uri(target)).toMatch(
      /lambda:path\/2021-11-15\/functions\/\$\{StreamFunction\.Arn\}\/response-streaming-invocations$/,
    )
    expect(integration(target)).toMatchObject({
      type: 'aws_proxy',
      httpMethod: 'POST',
      responseTransferMode: 'STREAM',
    })
  }
  for (const target of ['/', '/{proxy+}']) {
    expect(uri(target)).toMatch(/lambda:path\/2015-03-31\/functions\/\$\{ApiFunction\.Arn\}\/invocations$/)
    expect(integration(target)['responseTransferMode']).toBeUndefined()
  }
  for (const name of ['ApiFunction', 'StreamFunction'])
    expect(
      ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties['FunctionName']),
    ).toContainEqual({ Ref: name })
  expect(properties('StreamFunction')['Handler']).toBe('index.stream')
  expect(Number(properties('StreamFunction')['Timeout'])).toBeGreaterThan(300)
  expect(Number(integration('/stream')['timeoutInMillis'])).toBeGreaterThan(310_000)
})

test('every function has a bound, its log, tags, and settings that the code reads', async () => {
  for (const [name, { Properties }] of ofType('AWS::Serverless::Function')) {
    expect(Properties['ReservedConcurrentExecutions'], name).toBeDefined()
    const group = (Properties['LoggingConfig'] as { LogGroup: { Ref: string } }).LogGroup.Ref
    expect(properties(group)['RetentionInDays']).toEqual({ Ref: 'LogDays' })
  }
  const { Environment, Tags } = template.Globals.Function as {
    Environment: { Variables: Record<string, JsonObject> }
    Tags: object
  }
  expect(Tags).toEqual({ application: 'iops' })
  const { Variables } = Environment
  const [address] = (Variables['IOPS_STORE'] as unknown as { 'Fn::Sub': [string] })['Fn::Sub']
  const IOPS_STORE = address
    .replace('${Table}', 'insights')
    .replace('${Log}', 'insights-log')
    .replace('${RetentionDays}', '30')
  const values = Object.fromEntries(
    Object.entries(Variables).map(([variable, value]) => [
      variable,
      textOf(Parameters[textOf(value['Ref'])]?.['Default']),
    ]),
  )
  expect(readSettings({ ...values, IOPS_STORE })).toMatchObject({ token: undefined, streamMs: 300_000 })
  expect(parseLocation(IOPS_STORE)).toMatchObject({ table: 'insights', logTable: 'insights-log' })
})

test('alarms on lag, errors and throttles tell somebody', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm')
  expect(alarms.map(([, { Properties }]) => Properties['MetricName'])).toEqual(
    expect.arrayContaining(['IteratorAge', '5XXError', 'Throttles', 'WriteThrottleEvents', 'Errors']),
  )
  for (const [, { Properties }] of alarms)
    expect([...uses('Ref', Properties['AlarmActions'])]).toContain('AlarmTopic')
})

test('the container service is reached by its balancer alone, which asks for readiness', () => {
  const attributes = (name: string, key: string) =>
    Object.fromEntries(
      (properties(name)[key] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
    )
  expect(attributes('Balancer', 'LoadBalancerAttributes')['idle_timeout.timeout_seconds']).toBe('60')
  expect(attributes('Targets', 'TargetGroupAttributes')['deregistration_delay.timeout_seconds']).toBe('15')
  expect(properties('Targets')['HealthCheckPath']).toBe('/readyz')
  const [container] = properties('Task')['ContainerDefinitions'] as JsonObject[]
  expect(container).toMatchObject({
    ReadonlyRootFilesystem: true,
    LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
  })
})

/** What a role may call, by the kind of table. */
function allowed(policy: string): Set<string> {
  const { Statement } = properties(policy)['PolicyDocument'] as unknown as {
    Statement: { Sid: string; Action: string | string[] }[]
  }
  return new Set(
    Statement.flatMap(({ Sid, Action }) =>
      [Action]
        .flat()
        .map((action) => `${Sid === 'Log' ? 'log' : 'insights'} ${action.replace('dynamodb:', '')}`),
    ),
  )
}

/** What IAM asks for a call. */
const actions: Readonly<Record<string, readonly string[]>> = {
  TransactWriteItems: ['log ConditionCheckItem', 'insights PutItem'],
  BatchGetItem: ['insights BatchGetItem'],
  BatchWriteItem: ['log BatchWriteItem'],
}

let emulator: Emulator
let proxy: FaultProxy
beforeAll(async () => {
  emulator = await startDynoxide()
  proxy = await startFaultProxy(emulator.endpoint)
})
afterAll(async () => {
  await proxy.stop()
  await emulator.stop()
})

test('each function may call what it calls', async () => {
  const tables = await createTables(emulator)
  const tableStream = await openTableStream(emulator, tables.table)
  const open = () =>
    openEnvironment(
      { IOPS_STORE: tables.url('', proxy.endpoint), IOPS_INSECURE: 'on' },
      { output: new PassThrough().resume() },
    )
  const called = () =>
    proxy.calls.splice(0).flatMap(({ operation, table }) => {
      const kind = table === tables.log ? 'log' : 'insights'
      return actions[operation] ?? [`${kind} ${operation}`]
    })
  const api = createBufferedHandler(await open())
  const send = (method: string, target: string, body: object) =>
    api(
      restEvent(target, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
  for (const n of [1, 2, 3])
    await send('POST', '/insights', { alert_id: `a${n}`, entity_id: 'e', risk_score: 50 })
  // Refused at once, so that it writes in a transaction.
  proxy.fault = ({ operation, table }) =>
    operation === 'PutItem' && table === tables.table ? 'ThrottlingException' : undefined
  await send('PATCH', '/insights/a1', { status: 'resolved' })
  proxy.fault = () => undefined
  // Several at once race for the log's end, and leave their groups to each other.
  const others = await Promise.all([open(), open(), open()])
  await Promise.all(
    others.flatMap((environment, at) =>
      [1, 2, 3].map((n) =>
        createBufferedHandler(environment)(
          restEvent('/insights', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ alert_id: `b${at}-${n}`, entity_id: 'e', risk_score: 50 }),
          }),
        ),
      ),
    ),
  )
  for (const target of ['/insights/a1', '/insights/recent?aggregations=true', '/stream', '/readyz'])
    expect((await api(restEvent(target))).statusCode).toBe(200)
  await tables.putDirectly(directItem('direct', new Date().toISOString()))
  const relay = createRelayHandler(await open())
  await relay({ Records: await tableStream.records() })
  await relay({ source: 'aws.events' })
  const writing = new Set(called())
  expect(writing).toContain('log ConditionCheckItem')
  for (const action of writing) expect(allowed('WritingPolicy')).toContain(action)

  Object.assign(globalThis, { awslambda: { HttpResponseStream: { from: (out: unknown) => out } } })
  const stream = createStreamingHandler(await open())
  for (const target of ['/stream', '/stream?lastEventId=x-1', '/insights/a1']) {
    const out = new PassThrough().resume()
    await stream(restEvent(target), out, { getRemainingTimeInMillis: () => 2000 })
  }
  Reflect.deleteProperty(globalThis, 'awslambda')
  const streaming = new Set(called())
  expect(streaming.size).toBeGreaterThan(0)
  for (const action of streaming) expect(allowed('StreamingPolicy')).toContain(action)
})
