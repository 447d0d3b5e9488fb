import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Keyboard } from '../../../src/ui/input/keyboard.ts'

/** What is read as keys of chunks that come one after the other, and how many answers there were. */
async function read(chunks: readonly string[], isExpected = true) {
  const input = new PassThrough()
  const keyboard = new Keyboard(input)
  let answers = 0
  const stop = keyboard.listen({
    onStatus: () => answers++,
    onSynchronized: () => answers++,
    onKeys: () => {},
    isExpected: () => isExpected,
  })
  for (const chunk of chunks) {
    input.write(chunk)
    await new Promise(setImmediate)
  }
  stop()
  keyboard.end()
  let keys = Buffer.alloc(0)
  for await (const chunk of keyboard) keys = Buffer.concat([keys, chunk as Buffer])
  return { keys: String(keys), answers }
}

test.each([
  [['\x1b\x1b[0n'], '\x1b', 1],
  [['\x1b', '\x1b[0n'], '\x1b', 1],
  [['\x1b[', '0', 'nj'], 'j', 1],
  [['j\x1b[?2026;2', '$y\x1b[0nk'], 'jk', 2],
  [['\x1b[A', '\x1b[0n\x1b[B'], '\x1b[A\x1b[B', 1],
  [['日', '本\x1b[0n'], '日本', 1],
  [['\x1b'], '\x1b', 0],
  [['\x1b['], '\x1b[', 0],
] as const)('%j is %j and %i answers', async (chunks, keys, answers) => {
  expect(await read(chunks)).toEqual({ keys, answers })
})

test('an esc is not held back where no answer is expected', async () => {
  const input = new PassThrough()
  const keyboard = new Keyboard(input)
  keyboard.listen({ onStatus() {}, onSynchronized() {}, onKeys() {}, isExpected: () => false })
  input.write('\x1b')
  await new Promise(setImmediate)
  expect(String(keyboard.read())).toBe('\x1b')
})
