import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/program/config.ts'
import { temporary } from '../helpers/temporary.ts'

const file = `
profile = "prod"
[profiles.prod]
url = "https://ops.example/prod"
token_command = "pass show iops"
ca = "~/ca.pem"
[profiles.bare]
by = "night shift"
`

async function read(
  flags: Parameters<typeof readConfig>[0] = {},
  env: Record<string, string> = {},
  text = file,
) {
  using home = temporary()
  mkdirSync(join(home.path, 'iops'))
  writeFileSync(join(home.path, 'iops', 'config.toml'), text)
  return await readConfig(flags, { XDG_CONFIG_HOME: home.path, ...env })
}

describe('which value wins', () => {
  test('the profile over the default', async () => {
    const { url, color, profile } = await read()
    expect(url).toMatchObject({ level: 'profile', value: 'https://ops.example/prod' })
    expect(color).toMatchObject({ level: 'default', value: 'auto' })
    expect(profile).toEqual({ name: 'prod', url: 'https://ops.example/prod' })
  })
  test('the environment over the profile, whose own url stays known', async () => {
    const { url, profile } = await read({}, { IOPS_URL: 'http://other' })
    expect(url).toMatchObject({ level: 'environment', value: 'http://other', origin: 'IOPS_URL' })
    expect(profile?.url).toBe('https://ops.example/prod')
  })
  test('a flag over everything', async () => {
    const { url } = await read({ url: 'http://flag' }, { IOPS_URL: 'http://other' })
    expect(url).toMatchObject({ level: 'flag', value: 'http://flag' })
  })
  test('an empty variable is none', async () => {
    expect((await read({}, { IOPS_URL: '' })).url?.level).toBe('profile')
  })
  test('a profile without a url is for the default one', async () => {
    expect((await read({ profile: 'bare' })).profile).toEqual({ name: 'bare', url: 'http://127.0.0.1:4677' })
    expect((await read({}, { IOPS_PROFILE: 'bare' })).by?.value).toBe('night shift')
  })
  test('without a file there are the defaults', async () => {
    const { url, profile } = await readConfig({}, { HOME: '/nowhere' })
    expect({ url: url?.level, profile }).toEqual({ url: 'default', profile: undefined })
  })
})

describe('what is refused, in words', () => {
  test.each([
    ['an unknown profile', { profile: 'staging' }, file, 'there is no profile "staging"'],
    ['a name of the prototype', { profile: '__proto__' }, file, 'there is no profile "__proto__"'],
    ['another one', { profile: 'constructor' }, file, 'there is no profile "constructor"'],
    ['a token in the file', {}, '[profiles.default]\ntoken = "secret"', 'holds a token itself'],
    ['an unknown setting', {}, '[profiles.default]\nurll = "x"', 'a setting "urll" that does not exist'],
    ['a value that is no string', {}, '[profiles.default]\nurl = 7', 'url must be a string in quotes'],
    ['damaged TOML', {}, '[profiles', 'config.toml:1:'],
  ])('%s', async (_, flags, text, message) => {
    const reading = read(flags, {}, text)
    await expect(reading).rejects.toMatchObject({ reason: 'usage' })
    await expect(read(flags, {}, text)).rejects.toThrow(message)
    await expect(read(flags, {}, text)).rejects.not.toThrow('secret')
  })
})

test.each([
  ['url = "http://h"\n', 'has the setting "url" outside of a profile'],
  ['[profiles.default]\ncolor = "blue"\n', '"blue" is no colour setting (profile default in'],
])('%j is named', async (text, message) => {
  await expect(read({}, {}, text)).rejects.toThrow(message)
})

test('a colour that is none is named with its variable', async () => {
  await expect(read({}, { IOPS_COLOR: 'blue' })).rejects.toThrow('"blue" is no colour setting (IOPS_COLOR)')
})
