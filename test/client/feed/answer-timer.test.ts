import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startAnswerTimer } from '../../../src/client/feed/stream/answer-timer.ts'

test('an answer that does not come in time is overdue', async () => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const from = performance.now()
  startAnswerTimer(50, () => resolve(performance.now() - from))
  expect(await promise).toBeGreaterThanOrEqual(49)
})

test('a process that was stopped meanwhile waits anew, and reads what has come', async () => {
  const timer = join(import.meta.dirname, '../../../src/client/feed/stream/answer-timer.ts')
  const code = `
    const { startAnswerTimer } = await import(${JSON.stringify(timer)})
    const from = performance.now()
    startAnswerTimer(300, () => console.log('overdue after', Math.round(performance.now() - from)))
    console.log('started')`
  const child = execFile(process.execPath, ['--input-type=module', '-e', code])
  const { promise, resolve } = Promise.withResolvers<string>()
  let out = ''
  child.stdout?.on('data', (text: string) => {
    out += text
    if (out === 'started\n') {
      child.kill('SIGSTOP')
      setTimeout(() => child.kill('SIGCONT'), 1500)
    }
  })
  child.on('close', () => resolve(out))
  const after = Number(/overdue after (\d+)/.exec(await promise)?.[1])
  expect(after).toBeGreaterThan(1700)
})
