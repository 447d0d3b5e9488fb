import { describe, expect, test } from 'vitest'
import { proxyFor } from '../../src/client/proxy.ts'

const at = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)

describe('which proxy is on the way', () => {
  test.each([
    ['https://a.test', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128', 'HTTPS_PROXY'],
    ['http://a.test', { HTTP_PROXY: 'p:3128' }, 'http://p:3128', 'HTTP_PROXY'],
    ['http://a.test', { HTTP_PROXY: ' localhost:3128 ' }, 'http://localhost:3128', 'HTTP_PROXY'],
    ['http://a.test', { HTTP_PROXY: '10.0.0.1:3128' }, 'http://10.0.0.1:3128', 'HTTP_PROXY'],
    ['http://a.test', { HTTP_PROXY: '[::1]:3128' }, 'http://[::1]:3128', 'HTTP_PROXY'],
    ['http://a.test', { HTTP_PROXY: 'ana:secret@p:3128' }, 'http://p:3128', 'HTTP_PROXY'],
    ['http://a.test', { http_proxy: 'p:1', HTTP_PROXY: 'q:2' }, 'http://p:1', 'http_proxy'],
    ['https://a.test', { HTTPS_PROXY: 'HTTPS://p:3128/' }, 'https://p:3128', 'HTTPS_PROXY'],
  ])('%s %j', (url, env, origin, variable) => {
    expect(at(url, env)).toMatchObject({ origin, variable })
  })

  test('name and password are kept for the proxy, and not shown', () => {
    const proxy = at('http://a.test', { HTTP_PROXY: 'ana:secret@p:3128' })
    expect(proxy).toMatchObject({ url: 'http://ana:secret@p:3128/', origin: 'http://p:3128' })
  })

  test.each([
    ['https://a.test', { HTTP_PROXY: 'p:1' }],
    ['http://a.test', { HTTPS_PROXY: 'p:1' }],
    ['http://a.test', { http_proxy: '', HTTP_PROXY: 'p:1' }],
    ['http://a.test', { HTTP_PROXY: '  ' }],
    ['http://localhost:1', { HTTP_PROXY: 'p:1' }],
    ['http://127.8.9.1:1', { HTTP_PROXY: 'p:1' }],
    ['http://[::1]:1', { HTTP_PROXY: 'p:1' }],
  ])('none for %s with %j', (url, env) => expect(at(url, env)).toBeUndefined())
})

describe('NO_PROXY', () => {
  test.each([
    ['*', 'http://a.test', true],
    ['a.test', 'http://a.test', true],
    ['A.TEST', 'http://a.test', true],
    ['a.test', 'http://a.test.:80', true],
    ['a.test', 'http://b.a.test', true],
    ['.a.test', 'http://a.test', true],
    ['*.a.test', 'http://b.a.test', true],
    ['*.a.test', 'http://a.test', false],
    ['a.test', 'http://ba.test', false],
    ['a.test', 'http://a.test.evil.example', false],
    ['x, a.test', 'http://a.test', true],
    ['x a.test', 'http://a.test', true],
    ['a.test:80', 'http://a.test', true],
    ['a.test:81', 'http://a.test', false],
    ['10.1.2.3', 'http://10.1.2.3:99', true],
    ['10.0.0.0/8', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.0.0.0/99', 'http://10.1.2.3', false],
    ['[fd00::1]:80', 'http://[fd00::1]', true],
    ['fd00::1', 'http://[fd00::1]', true],
    ['fd00::/8', 'http://[fd12::1]', true],
    [',,', 'http://a.test', false],
    ['.', 'http://a.test', false],
  ])('%j for %s: %s', (value, url, exempt) => {
    expect(at(url, { HTTP_PROXY: 'p:1', NO_PROXY: value }) === undefined).toBe(exempt)
  })
})

describe('a proxy that is none', () => {
  test.each([
    '::',
    'http://',
    'socks5://p:1',
    'http://%zz:x@p:1',
    'http://ana:secret@:1',
    'p:99999',
    'ftp://p',
  ])('%j', (value) => {
    const read = () => at('https://a.test', { HTTPS_PROXY: value })
    expect(read).toThrow(
      expect.objectContaining({
        reason: 'usage',
        message: 'HTTPS_PROXY names no HTTP proxy',
        hint: expect.stringContaining('http://host:port'),
      }),
    )
    const env = { HTTPS_PROXY: value, NO_PROXY: 'a.test' }
    for (const url of ['http://a.test', 'https://a.test', 'https://127.0.0.1', 'http://localhost'])
      expect(at(url, env)).toBeUndefined()
  })
})
