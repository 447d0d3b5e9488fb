import { Command } from 'commander'
import { expect, test } from 'vitest'
import { fieldList } from '../../../src/protocol/insight/fields.ts'
import { insightFromFlags, withFieldFlags } from '../../../src/commands/publish/fields.ts'
import { sampleFields, sampleTexts } from '../../helpers/sample-fields.ts'

const read = async (argv: readonly string[]) => {
  const command = withFieldFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  return insightFromFlags(command.parse(argv, { from: 'user' }).opts())
}
const required = ['--entity', 'e', '--risk', '1']

test.each(fieldList.filter(({ flag }) => flag !== undefined))(
  '$name has a flag that gives it',
  async (field) => {
    const { name, flag } = field
    const long = /--[a-z-]+/.exec(flag?.flags ?? '')?.[0] ?? ''
    expect(await read([...required, ...sampleTexts(name).flatMap((text) => [long, text])])).toEqual({
      entity_id: 'e',
      risk_score: 1,
      [name]: sampleFields[name],
    })
  },
)

test('without a flag there is no insight', async () => expect(await read([])).toBeUndefined())

test.each([
  [['--entity', 'e'], 'an insight needs --risk'],
  [['--risk', '1'], 'an insight needs --entity'],
  [[...required, '--confidence', 'high'], 'confidence must be a number'],
  [[...required, '--label', 'team'], '--label takes name=value, not "team"'],
  [[...required, '--id', '-x'], 'alert_id must not begin with "-"'],
  [[...required, '--status', 'done'], 'status'],
])('%j is refused', (argv, message) => expect(read(argv)).rejects.toThrow(message))
