import { expect, test } from 'vitest'
import { type ServeOptions, toOptions } from '../../../src/commands/serve/serve-options.ts'
import { Failure } from '../../../src/program/failure.ts'

const defaults: ServeOptions = {
  host: '127.0.0.1',
  port: 4677,
  store: '/data',
  retainAgeMs: undefined,
  retainCount: undefined,
  repair: false,
  tokenFile: undefined,
  token: undefined,
  insecure: false,
  allowHosts: [],
  corsOrigins: [],
  severityMap: undefined,
  sources: undefined,
  snsTopics: [],
}

test.each<[string, Record<string, unknown>, Record<string, string>, Partial<ServeOptions>]>([
  ['nothing', {}, {}, {}],
  ['an address', { host: '::1', port: '0' }, {}, { host: '::1', port: 0 }],
  ['the highest port', { port: '65535' }, {}, { port: 65_535 }],
  ['an age in days', { retainAge: '30d' }, {}, { retainAgeMs: 30 * 86_400_000 }],
  ['an age of two parts', { retainAge: '1h30m' }, {}, { retainAgeMs: 5_400_000 }],
  ['a count', { retainCount: '1' }, {}, { retainCount: 1 }],
  ['repair', { repair: true }, {}, { repair: true }],
  ['a token file', { tokenFile: 't' }, {}, { tokenFile: 't' }],
  ['a token', {}, { IOPS_SERVER_TOKEN: 's3cret' }, { token: 's3cret' }],
  ['a severity map', { severityMap: 'map.toml' }, {}, { severityMap: 'map.toml' }],
  ['insecure', { insecure: true }, {}, { insecure: true }],
  [
    'names',
    { allowHost: ['Ops.example.', '::2', '[::3]'] },
    {},
    { allowHosts: ['ops.example', '::2', '::3'] },
  ],
  [
    'origins',
    { corsOrigin: ['https://Ops.example:443/', 'http://a:80', 'null', '*', 'chrome-extension://Abc'] },
    {},
    { corsOrigins: ['https://ops.example', 'http://a', 'null', '*', 'chrome-extension://abc'] },
  ],
  ['an empty token, which is none', {}, { IOPS_SERVER_TOKEN: '' }, {}],
])('%s', (_, flags, env, expected) => {
  expect(toOptions({ store: '/data', ...flags }, env)).toEqual({ ...defaults, ...expected })
})

test.each([
  ['port', '--port is a whole number from 0 to 65535', ['65536', '-1', '0x10', '1e3', '', ' 80', '80.5']],
  ['host', '--host is an address or a name', ['']],
  [
    'corsOrigin',
    '--cors-origin is an origin like https://ops.example',
    [
      '',
      'ops.example',
      'https://',
      'https://a/b',
      'https://a, https://b',
      'https://u@a',
      'https://a:99999',
      '**',
    ],
  ],
  [
    'allowHost',
    '--allow-host is a host name',
    ['', '*', 'a:80', 'http://a', 'a b', '[::1]:80', 'a/b', '*.a'],
  ],
  ['retainAge', '--retain-age is a duration like 12h or 30d', ['', '0d', '-1d', '30', '30 d', 'month', '1y']],
  ['retainCount', '--retain-count is a whole number from 1 to', ['0', '-1', '', '1k', '9'.repeat(400)]],
])('%s: what makes no sense is a usage error in one sentence', (name, words, values) => {
  for (const value of values) {
    const isList = name === 'corsOrigin' || name === 'allowHost'
    const read = () => toOptions({ store: '/data', [name]: isList ? [value] : value }, {})
    expect(read, value).toThrow(Failure)
    expect(read, value).toThrow(words)
    expect(read, value).toThrow(expect.objectContaining({ reason: 'usage' }) as Error)
  }
})
