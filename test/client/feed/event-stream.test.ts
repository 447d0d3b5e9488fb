import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createConnection } from '../../../src/client/connection.ts'
import { openEventStream, type StreamEnd } from '../../../src/client/feed/stream/event-stream.ts'
import { type ChunkedServer, startChunkedServer } from '../../helpers/chunked-server.ts'
import { seededRandom } from '../../helpers/random.ts'

/** `[type, data, last event id]`; only what differs from `['message', …, '']` is written. */
type Expected = readonly [data: string, type?: string, lastEventId?: string]

interface Case {
  readonly says: string
  /** A text, or bytes where the text would not be UTF-8. */
  readonly stream: string | readonly (string | readonly number[])[]
  readonly events: readonly Expected[]
  readonly retry?: readonly number[]
  /** The position at the end; empty when none was named. */
  readonly position?: string
}

const bom = [0xef, 0xbb, 0xbf]
const long = 'x'.repeat(100_000)

const cases: readonly Case[] = [
  { says: 'an event', stream: 'data: a\n\n', events: [['a']] },
  { says: 'nothing at all', stream: '', events: [] },
  { says: 'only empty lines', stream: '\n\r\n\r\r\n\n', events: [] },
  // Line ends.
  { says: 'LF', stream: 'data: a\ndata: b\n\ndata: c\n\n', events: [['a\nb'], ['c']] },
  { says: 'CR', stream: 'data: a\rdata: b\r\rdata: c\r\r', events: [['a\nb'], ['c']] },
  { says: 'CRLF', stream: 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', events: [['a\nb'], ['c']] },
  {
    says: 'a mix',
    stream: 'data: a\rdata: b\ndata: c\r\n\rdata: d\n\r\ndata: e\r\r\n',
    events: [['a\nb\nc'], ['d'], ['e']],
  },
  { says: 'LF then CR are two ends', stream: 'data: a\n\rdata: b\r\n\n', events: [['a'], ['b']] },
  { says: 'CR CR LF ends line and event', stream: 'data: a\r\r\ndata: b\n\n', events: [['a'], ['b']] },
  { says: 'CRLF at the very end', stream: 'data: a\r\n\r', events: [['a']] },
  {
    says: 'other breaks are text',
    stream: 'data: a\u2028b\u0085c\vd\fe\n\n',
    events: [['a\u2028b\u0085c\vd\fe']],
  },
  // Fields.
  { says: 'no space', stream: 'data:a\n\n', events: [['a']] },
  { says: 'only the first space goes', stream: 'data:  a \n\n', events: [[' a ']] },
  { says: 'a tab stays', stream: 'data:\ta\n\n', events: [['\ta']] },
  { says: 'no colon', stream: 'data\ndata\n\ndata\n\n', events: [['\n'], ['']] },
  { says: 'a colon and nothing', stream: 'data:\n\n', events: [['']] },
  { says: 'colons in the value', stream: 'data: a: b:c\n\n', events: [['a: b:c']] },
  {
    says: 'names are literal',
    stream: 'Data: a\nDATA: b\n data: c\ndata : d\ndatas: e\ndat: f\n\n',
    events: [],
  },
  { says: 'unknown fields', stream: 'foo: 1\ndata: a\nbar\nid\n\n', events: [['a']], position: '' },
  {
    says: 'a field named by the prototype',
    stream: '__proto__: x\nconstructor: y\ndata: a\n\n',
    events: [['a']],
  },
  // Comments.
  { says: 'comments', stream: ': hello\n:\n::\ndata: a\n: in between\ndata: b\n\n:', events: [['a\nb']] },
  { says: 'a comment is no end', stream: 'data: a\n:\n', events: [] },
  // Event names.
  { says: 'a named event', stream: 'event: beat\ndata: a\n\ndata: b\n\n', events: [['a', 'beat'], ['b']] },
  { says: 'the last name counts', stream: 'event: reset\nevent: beat\ndata: a\n\n', events: [['a', 'beat']] },
  { says: 'an empty name is the default', stream: 'event: beat\nevent:\ndata: a\n\n', events: [['a']] },
  {
    says: 'a name does not outlive an event without data',
    stream: 'event: beat\n\ndata: a\n\n',
    events: [['a']],
  },
  {
    says: 'names of the package itself',
    stream: 'event: error\ndata: a\n\nevent: open\ndata: b\n\ndata: c\n\n',
    events: [['a', 'error'], ['b', 'open'], ['c']],
  },
  {
    says: 'an unheard name',
    stream: 'event: other\ndata: a\nid: 1\n\ndata: b\n\n',
    events: [['b', 'message', '1']],
    position: '1',
  },
  // Ids.
  {
    says: 'an id',
    stream: 'id: 1\ndata: a\n\ndata: b\n\n',
    events: [
      ['a', 'message', '1'],
      ['b', 'message', '1'],
    ],
    position: '1',
  },
  {
    says: 'an id without an event',
    stream: 'id: 1\n\ndata: a\n\nid: 2\n\n',
    events: [['a', 'message', '1']],
    position: '2',
  },
  {
    says: 'an empty id clears it',
    stream: 'id: 1\ndata: a\n\nid\ndata: b\n\n',
    events: [['a', 'message', '1'], ['b']],
    position: '',
  },
  {
    says: 'an id with NUL is ignored',
    stream: 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
    events: [
      ['a', 'message', '1'],
      ['b', 'message', '1'],
    ],
    position: '1',
  },
  {
    says: 'an id in UTF-8',
    stream: 'id: ü-✓\ndata: a\n\n',
    events: [['a', 'message', 'ü-✓']],
    position: 'ü-✓',
  },
  {
    says: 'an id of an unfinished event',
    stream: 'id: 1\ndata: a\n\nid: 2\ndata: b\n',
    events: [['a', 'message', '1']],
    position: '1',
  },
  // Retry.
  { says: 'retry', stream: 'retry: 1500\n\n', events: [], retry: [1500] },
  {
    says: 'retry within an event, at once',
    stream: 'data: a\nretry:7\ndata: b\n\n',
    events: [['a\nb']],
    retry: [7],
  },
  {
    says: 'retry that is no number',
    stream:
      'retry: 1.5\nretry: -1\nretry: 1e3\nretry: x\nretry: \nretry\nretry: 0x1\nretry: 1 \nretry: ٣\ndata: a\n\n',
    events: [['a']],
  },
  // The end.
  { says: 'an unfinished event is lost', stream: 'data: a\n\ndata: b\n', events: [['a']] },
  { says: 'an unfinished line is lost', stream: 'data: a\n\ndata: b', events: [['a']] },
  { says: 'an unfinished character is lost', stream: ['data: a\n\ndata: ', [0xe2, 0x9c]], events: [['a']] },
  // Bytes.
  { says: 'UTF-8', stream: 'data: zażółć 日本 👩‍👩‍👧\n\n', events: [['zażółć 日本 👩‍👩‍👧']] },
  {
    says: 'broken UTF-8',
    stream: ['data: ', [0xff], 'a', [0xe2, 0x9c], 'b', [0xf0, 0x9f, 0x98], '\n\n'],
    events: [['�a�b�']],
  },
  { says: 'an overlong slash', stream: ['data: ', [0xc0, 0xaf], '\n\n'], events: [['��']] },
  { says: 'a byte order mark', stream: [bom, 'data: a\n\n'], events: [['a']] },
  { says: 'a byte order mark and nothing', stream: [bom], events: [] },
  { says: 'a half byte order mark', stream: [[0xef, 0xbb], 'data: a\n\ndata: b\n\n'], events: [['b']] },
  { says: 'only the first mark goes', stream: [bom, bom, 'data: a\n\ndata: b\n\n'], events: [['b']] },
  {
    says: 'a mark inside is text',
    stream: ['data: a\n\n', bom, 'data: b\n\ndata: ', bom, 'c\n\n'],
    events: [['a'], ['\ufeffc']],
  },
  { says: 'the letters of a mark are no mark', stream: 'ï»¿data: a\n\ndata: b\n\n', events: [['b']] },
  { says: 'NUL in data', stream: 'data: a\0b\n\n', events: [['a\0b']] },
  // Size.
  { says: 'a line of 100 kB', stream: `data: ${long}\n\ndata: b\n\n`, events: [[long], ['b']] },
  {
    says: 'many lines in one event',
    stream: `${'data: x\n'.repeat(2000)}\n`,
    events: [[Array.from({ length: 2000 }, () => 'x').join('\n')]],
  },
  { says: 'a long comment', stream: `:${long}\ndata: a\n\n`, events: [['a']] },
  { says: 'a long unknown field', stream: `${long}: ${long}\rdata: a\r\r`, events: [['a']] },
]

const bytesOf = (stream: Case['stream']): Buffer =>
  typeof stream === 'string'
    ? Buffer.from(stream)
    : Buffer.concat(stream.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

/** The ways in which a stream is cut into pieces. */
const splits = ['whole', 'bytes', 'pairs', 'random-1', 'random-2', 'random-3', 'random-4'] as const
type Split = (typeof splits)[number]

function* pieces(bytes: Buffer, split: Split): Generator<Buffer> {
  // Each byte of 100 kB would prove nothing new.
  const step = split === 'whole' ? bytes.length : bytes.length > 20_000 ? 997 : split === 'bytes' ? 1 : 2
  const random = split.startsWith('random') ? seededRandom(Number(split.at(-1))) : undefined
  const most = bytes.length > 20_000 ? 5000 : 9
  for (let at = 0; at < bytes.length;) {
    const next = at + (random ? 1 + Math.floor(random() * most) : step)
    yield bytes.subarray(at, next)
    at = next
  }
}

let server: ChunkedServer
beforeAll(async () => {
  server = await startChunkedServer((path) => {
    const [, index, split] = path.split('/')
    return pieces(bytesOf(cases[Number(index)]?.stream ?? ''), split as Split)
  })
})
afterAll(() => server[Symbol.asyncDispose]())

async function read(path: string) {
  const connection = createConnection({ url: server.url })
  const events: Expected[] = []
  const retry: number[] = []
  let position: string | undefined
  const { promise, resolve } = Promise.withResolvers<StreamEnd>()
  openEventStream({
    connection,
    url: `${server.url}${path}`,
    lastEventId: undefined,
    answerTimeout: 10_000,
    types: ['message', 'beat', 'reset', 'error', 'open'],
    onOpen() {},
    onBytes() {},
    onRetry: (delay) => retry.push(delay),
    onEvent: ({ type, data, lastEventId }) => events.push([data, type, lastEventId]),
    onSkipped: () => {},
    onPosition: (id) => (position = id),
    onEnd: resolve,
  })
  const end = await promise
  await connection.close()
  return { events, retry, position, end }
}

describe.each(splits)('the WHATWG event stream, split as %s', (split) => {
  test.each(cases.map((row, index) => ({ ...row, index })))(
    '$says',
    async ({ index, events, retry = [], position }) => {
      const got = await read(`/${index}/${split}`)
      expect(got).toEqual({
        events: events.map(([data, type = 'message', id = '']) => [data, type, id]),
        retry: [...retry],
        position,
        end: { kind: 'ended' },
      })
    },
  )
})
