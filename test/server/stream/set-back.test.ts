import { afterEach, beforeEach, expect, it } from 'vitest'
import { cp, rm } from 'node:fs/promises'
import { insight } from '../../helpers/insights.ts'
import { TestJournal } from '../../helpers/journals.ts'
import { runServer } from '../../helpers/server.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

/** Runs a server over the journal, publishes, and gives what a stream from a position sends up to its first beat. */
async function serveOnce(ids: readonly string[], lastEventId?: string): Promise<string> {
  const store = await journal.open()
  await using server = await runServer({ store })
  for (const id of ids) await store.append([{ alertId: id, apply: () => insight({ alert_id: id }) }])
  const text = await readUntilBeat(`${server.url}/stream`, lastEventId)
  await server.close()
  await journal.close()
  return text
}

async function readUntilBeat(url: string, lastEventId: string | undefined): Promise<string> {
  const leave = new AbortController()
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const { body } = await fetch(url, { headers, signal: leave.signal })
  let text = ''
  for await (const piece of body ?? []) {
    text += Buffer.from(piece as Uint8Array).toString()
    if (/event: beat\nid: .*\n/.test(text)) break
  }
  leave.abort()
  return text
}

const beatIdOf = (text: string) => /event: beat\nid: (.*)\n/.exec(text)?.[1] ?? ''

it('a watcher that was ahead of a log which was set back is told so, not given what took the place', async () => {
  await serveOnce(['a', 'b', 'c'])
  const copy = `${journal.directory}-copy`
  await cp(journal.directory, copy, { recursive: true })
  const ahead = beatIdOf(await serveOnce(['d', 'e']))
  await rm(journal.directory, { recursive: true })
  await cp(copy, journal.directory, { recursive: true })
  await rm(copy, { recursive: true })
  const text = await serveOnce(['x', 'y', 'z'], ahead)
  expect(ahead).toMatch(/^[0-9a-f]+-5-[0-9a-f]{4}$/)
  expect(text).toContain('event: reset\ndata: {"reason":"foreign"}')
  expect(text).toContain('"alert_id":"x"')
  const kept = beatIdOf(text)
  expect(await serveOnce(['last'], kept)).not.toContain('event: reset')
})
