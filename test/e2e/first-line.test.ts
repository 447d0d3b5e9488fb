import { createServer, type Socket } from 'node:net'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { startScriptedServer } from '../helpers/scripted-server.ts'
import { openIops, type Pty } from '../helpers/pty.ts'

let url: string

/** A server that never answers. */
beforeEach(async () => {
  const held: Socket[] = []
  const server = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  onTestFinished(() => {
    for (const socket of held) socket.destroy()
    server.close()
  })
})

const watch = (...argv: string[]): Pty => {
  const pty = openIops(['watch', '--url', url, ...argv])
  onTestFinished(() => pty.close())
  return pty
}
const times = ({ output }: Pty, sequence: string) => output.split(sequence).length - 1

test('the first line comes in one write with the screen, and the dashboard takes over from there', async () => {
  const pty = watch()
  await pty.until(/^ iops {2}○ connecting/)
  expect(pty.chunks[0]).toContain('\x1b[?1049h')
  expect(pty.chunks[0]).toContain('connecting')
  await pty.until(/connecting .*127\.0\.0\.1(.|\n)*q quit/)
  pty.press('q')
  expect(await pty.exit()).toBe(0)
  expect([times(pty, '\x1b[?1049h'), times(pty, '\x1b[?1049l')]).toEqual([1, 1])
})

test('^C before anything is loaded gives the terminal back, and does not take it again', async () => {
  const pty = watch()
  await pty.until('connecting')
  pty.press('\x03')
  await pty.until((_, { isAlternate }) => !isAlternate)
  expect(await pty.exit()).toBe(130)
  expect(times(pty, '\x1b[?1049l')).toBe(1)
  expect(times(pty, '\x1b[?1049h')).toBe(1)
  expect(pty.xterm.modes).toMatchObject({ wraparoundMode: true, bracketedPasteMode: false })
  expect(pty.output.lastIndexOf('[?25h')).toBeGreaterThan(pty.output.lastIndexOf('[?25l'))
})

test('what is typed before anything is loaded is not lost', async () => {
  const pty = watch()
  await pty.until('connecting')
  pty.press('?undo')
  await pty.until((text) => text.includes('undo the last') && !text.includes('next alert'))
})

test('what gives up before anything was shown says so on the primary screen, whole', async () => {
  await using html = await startScriptedServer({
    '*': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  })
  const gone = await startScriptedServer({})
  await gone[Symbol.asyncDispose]()
  for (const [argv, code, words] of [
    [['--url', html.url], 1, /it answers HTML.*\n.*Give a base URL/],
    [['--url', gone.url, '--max-attempts', '1'], 5, /gave up after 1 attempt/],
  ] as const) {
    const pty = openIops(['watch', ...argv], { columns: 120 })
    onTestFinished(() => pty.close())
    expect(await pty.exit()).toBe(code)
    expect(pty.isAlternate).toBe(false)
    expect(pty.text()).toMatch(words)
  }
})

test('what is wrong before the dashboard is there is read on the primary screen', async () => {
  const pty = openIops(['watch', '--url', 'http://user:secret@127.0.0.1:1'])
  onTestFinished(() => pty.close())
  expect(await pty.exit()).toBe(2)
  expect(pty.isAlternate).toBe(false)
  expect(pty.text()).toMatch(/^iops: the URL contains a name or a password/)
})
