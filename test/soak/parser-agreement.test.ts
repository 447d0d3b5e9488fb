import { expect, test } from 'vitest'
import { checkAgreement } from '../helpers/parser-agreement.ts'

test('what the socket takes, node:http reads the same, over 300,000 odd requests', async () => {
  const taken = await checkAgreement(300_000, (ours, theirs) => expect(theirs).toEqual(ours))
  expect(taken).toBeGreaterThan(30_000)
})
