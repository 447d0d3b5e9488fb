import { describe, expect, test } from 'vitest'
import { chooseToken } from '../../../src/commands/shared/choose-token.ts'
import type { Config } from '../../../src/program/config.ts'

const flag = (value: string) => ({ level: 'flag', value, origin: '--flag' }) as const
const variable = (value: string) => ({ level: 'environment', value, origin: 'IOPS_X' }) as const
const own = (value: string) => ({ level: 'profile', value, origin: 'profile prod' }) as const
const profile = { name: 'prod', url: 'https://ops.example/prod' }

describe('where the token comes from', () => {
  test.each<[string, Config, Record<string, string>, object | undefined]>([
    ['nothing', {}, {}, undefined],
    ['IOPS_TOKEN', {}, { IOPS_TOKEN: 'x' }, { origin: 'IOPS_TOKEN' }],
    ['a blank IOPS_TOKEN', {}, { IOPS_TOKEN: ' ' }, undefined],
    [
      'a flag over IOPS_TOKEN',
      { token_file: flag('f') },
      { IOPS_TOKEN: 'x' },
      { file: 'f', origin: '--flag' },
    ],
    [
      'IOPS_TOKEN over a variable',
      { token_command: variable('c') },
      { IOPS_TOKEN: 'x' },
      { origin: 'IOPS_TOKEN' },
    ],
    ['a flag over the profile', { token_file: flag('f'), token_command: own('c') }, {}, { file: 'f' }],
    ['the profile', { token_command: own('c'), url: own(profile.url), profile }, {}, { command: 'c' }],
  ])('%s', (_, config, env, expected) => {
    const choice = chooseToken(config, env)
    if (expected === undefined) expect(choice).toBeUndefined()
    else expect(choice).toMatchObject(expected)
    expect(choice?.withheld).toBeUndefined()
  })
})

describe('the token of a profile', () => {
  test.each([
    ['https://ops.example', true],
    ['https://ops.example:443/other', true],
    ['https://OPS.example/x', true],
    ['http://ops.example/prod', false],
    ['https://ops.example:8443/prod', false],
    ['https://ops.example.evil.test/prod', false],
    ['https://evil.test/?https://ops.example/prod', false],
    ['not a url', false],
  ])('at %s: used %s', (url, used) => {
    for (const level of [flag(url), variable(url)]) {
      const choice = chooseToken({ token_command: own('c'), token_file: own('f'), url: level, profile }, {})
      expect(choice?.command).toBe(used ? 'c' : undefined)
      expect(choice?.file).toBe(used ? 'f' : undefined)
      if (used) expect(choice?.withheld).toBeUndefined()
      else expect(choice?.withheld).toContain('profile "prod" is for https://ops.example only')
    }
  })
})
