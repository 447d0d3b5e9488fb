import { readFileSync } from 'node:fs'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { recentInsight } from '../helpers/insights.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { iopsBin, openIops, Pty } from '../helpers/pty.ts'
import { runServer, type TestServer } from '../helpers/server.ts'

let store: MemoryStore
let server: TestServer

beforeEach(async () => {
  store = new MemoryStore()
  server = await runServer({ store })
  onTestFinished(() => server.close())
  await store.put(recentInsight(1))
})

const opened = <P extends Pty>(pty: P): P => {
  onTestFinished(() => pty.close())
  return pty
}
const proc = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'latin1')
const isStopped = (pid: number) => / T /.test(proc(pid, 'stat'))
const expectRestored = (pty: Pty) => {
  expect(pty.isAlternate).toBe(false)
  expect(pty.xterm.modes).toMatchObject({ bracketedPasteMode: false, wraparoundMode: true })
  expect(pty.output.lastIndexOf('[?25h')).toBeGreaterThan(pty.output.lastIndexOf('[?25l'))
}
const enters = ({ output }: Pty) => output.split('\x1b[?1049h').length - 1

test.runIf(process.platform === 'linux')(
  '^Z stops it with the terminal as it was; going on draws everything anew',
  async () => {
    const argv = [process.execPath, iopsBin, 'watch', '--url', server.url]
    const pty = opened(new Pty('/bin/bash', ['-c', 'set -m; "$@"; read -r _; fg', 'bash', ...argv]))
    await pty.until('cust_1')
    const pid = Number(proc(pty.pid, `task/${pty.pid}/children`).trim())
    pty.press('\x1a')
    await pty.until((_, { isAlternate }) => !isAlternate)
    await expect.poll(() => isStopped(pid)).toBe(true)
    expectRestored(pty)
    await store.put(recentInsight(2))
    // Not this program but the shell is told of it.
    pty.resize(50, 12)
    pty.press('\r')
    await pty.until(
      (text, { isAlternate }) => isAlternate && text.includes('cust_2') && text.includes('● live'),
    )
    await pty.until((text) => text.trimEnd().endsWith('q quit') && !text.includes('TYPE'))
    pty.press('q')
    expect(await pty.exit()).toBe(0)
    expectRestored(pty)
  },
)

test('where no shell could continue it, ^Z leaves it running', async () => {
  const pty = opened(openIops(['watch', '--url', server.url]))
  await pty.until('cust_1')
  pty.press('\x1a')
  await pty.until((text, { isAlternate }) => enters(pty) === 2 && isAlternate && text.includes('cust_1'))
  await store.put(recentInsight(2))
  await pty.until('cust_2')
  pty.press('q')
  expect(await pty.exit()).toBe(0)
  expectRestored(pty)
})

test.runIf(process.platform === 'linux')('stopped from elsewhere, it takes the terminal again', async () => {
  const pty = opened(openIops(['watch', '--url', server.url]))
  await pty.until('cust_1')
  process.kill(pty.pid, 'SIGSTOP')
  await expect.poll(() => isStopped(pty.pid)).toBe(true)
  await store.put(recentInsight(2))
  // As a shell does that finds its job stopped.
  await new Promise<void>((seen) => pty.xterm.write('\x1b[?1049l\x1b[2J\x1b[Hready> ', seen))
  process.kill(pty.pid, 'SIGCONT')
  await pty.until(
    (text, { isAlternate }) => isAlternate && text.includes('cust_2') && text.includes('cust_1'),
  )
  expect(pty.text()).not.toContain('ready>')
  pty.press('j')
  await pty.until(/▌.*cust_1 /)
  pty.press('q')
  expect(await pty.exit()).toBe(0)
  expectRestored(pty)
})
