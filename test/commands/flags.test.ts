import { describe, expect, test } from 'vitest'
import { configCommand } from '../../src/commands/config.ts'
import { demoCommand } from '../../src/commands/demo.ts'
import { doctorCommand } from '../../src/commands/doctor.ts'
import { getCommand } from '../../src/commands/get.ts'
import { publishCommand } from '../../src/commands/publish.ts'
import { simulateCommand } from '../../src/commands/simulate.ts'
import { statsCommand } from '../../src/commands/stats.ts'
import { storeCommand } from '../../src/commands/store.ts'
import { createTestIo, optionsOf } from '../helpers/command.ts'

const now = Date.parse('2026-11-23T14:00:00Z')
const io = createTestIo({ now: () => now })
const connection = [
  '--url',
  'http://h',
  '--profile',
  'p',
  '--token-file',
  't',
  '--token-command',
  'c',
  '--ca',
  'a',
]
const connected = { url: 'http://h', profile: 'p', tokenFile: 't', tokenCommand: 'c', ca: 'a' }

describe('publish', () => {
  test.each<[string[], object]>([
    [[], {}],
    [['-'], {}],
    [['file.json', '--json', ...connection], { file: 'file.json', json: true, ...connected }],
    [['-q', '--retry-for', '1h30m'], { quiet: true, retryFor: 5_400_000 }],
    [['--retry-for', '0'], { retryFor: 0 }],
    [['--retry-for=0s'], { retryFor: 0 }],
    [
      ['-e', 'cust_1', '-r', '91.5', '-t', 'churn', '-x', 'why', '--recommend', 'a', '--recommend', 'b'],
      {
        insight: {
          entity_id: 'cust_1',
          risk_score: 91.5,
          prediction_type: 'churn',
          explanation: 'why',
          recommendations: ['a', 'b'],
        },
      },
    ],
    [
      ['-e', '-x', '-r', '1', '--label', 'a=b=c', '--label', 'd=', '--link', 'https://run.book/1'],
      { insight: { entity_id: '-x', risk_score: 1, labels: { a: 'b=c', d: '' }, url: 'https://run.book/1' } },
    ],
  ])('%j', async (argv, expected) => expect(await optionsOf(publishCommand, argv, io)).toEqual(expected))

  test.each([
    [['-e', 'a'], 'an insight needs --risk'],
    [['-r', '1'], 'an insight needs --entity'],
    [['-e', 'a', '-r', '101'], 'risk_score must be at most 100'],
    [['-e', 'a', '-r', 'high'], 'risk_score'],
    [['-e', 'a', '-r', '1', 'file'], 'by flags or a file, not both'],
    [['-e', 'a', '-r', '1', '--label', 'x'], '--label takes name=value'],
    [['-e', 'a', '-r', '1', '--id=-x'], 'alert_id'],
    [['--retry-for', '10'], 'It is a duration'],
    [['a', 'b'], 'too many arguments'],
  ])('%j is refused', async (argv, message) => {
    await expect(optionsOf(publishCommand, argv, io)).rejects.toThrow(message)
  })
})

test.each<[string[], object]>([
  [['a'], { id: 'a' }],
  [['--json', '--', '--url=http://evil'], { id: '--url=http://evil', json: true }],
  [['a', '--ascii', ...connection], { id: 'a', ascii: true, ...connected }],
])('get %j', async (argv, expected) => expect(await optionsOf(getCommand, argv, io)).toEqual(expected))

test.each<[string[], object]>([
  [[], {}],
  [['--since', 'today', '--json'], { since: expect.stringMatching(/^2026-11-2/), json: true }],
  [['-f', 'risk>80', ...connection], { filter: expect.objectContaining({ text: 'risk>80' }), ...connected }],
])('stats %j', async (argv, expected) => expect(await optionsOf(statsCommand, argv, io)).toEqual(expected))

test.each<[string[], object]>([
  [[], { wait: 20_000 }],
  [['http://u'], { wait: 20_000, url: 'http://u' }],
  [['http://h', '--wait', '40s', ...connection], { wait: 40_000, ...connected }],
])('doctor %j', async (argv, expected) => expect(await optionsOf(doctorCommand, argv, io)).toEqual(expected))

test.each<[string[], object]>([
  [[], { rate: 2, entities: 150 }],
  [
    ['--rate', '0.5', '--entities', '3', '--seed', '7', '--count', '9', '--duration', '1m'],
    { rate: 0.5, entities: 3, seed: 7, count: 9, duration: 60_000 },
  ],
])('simulate %j', async (argv, expected) => {
  expect(await optionsOf(simulateCommand, argv, io)).toEqual(expected)
})

test.each<[string[], object]>([
  [[], { rate: 2, entities: 150 }],
  [
    ['--rate', '200', '--json', '--count', '20', '--timeout', '5s', '--color', 'never'],
    { rate: 200, entities: 150, json: true, count: 20, timeout: 5000, color: 'never' },
  ],
])('demo %j', async (argv, expected) => expect(await optionsOf(demoCommand, argv, io)).toEqual(expected))

test.each<[string[], object]>([
  [['show'], {}],
  [['show', '--origin', '--json', ...connection], { origin: true, json: true, ...connected }],
])('config %j', async (argv, expected) => expect(await optionsOf(configCommand, argv, io)).toEqual(expected))

test.each<[string[], object]>([
  [['init', 'dynamodb://t'], { address: 'dynamodb://t' }],
  [['init', 'dynamodb://t', '--print'], { address: 'dynamodb://t', print: true }],
  [['init', '--new-epoch', 'dynamodb://t'], { address: 'dynamodb://t', newEpoch: true }],
])('store %j', async (argv, expected) => expect(await optionsOf(storeCommand, argv, io)).toEqual(expected))

test.each([
  [simulateCommand, ['--rate', '50001']],
  [demoCommand, ['--rate', '10001']],
  [doctorCommand, ['--wait', '0s']],
  [statsCommand, ['--since', 'soon']],
  [getCommand, []],
] as const)('%# a value out of bounds is refused', async (create, argv) => {
  await expect(optionsOf<never>(create as never, [...argv], io)).rejects.toThrow()
})
