import { limits } from '../../protocol/insight/limits.ts'
import { badRequest, HttpFault } from '../fault/http-fault.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A body as the values of its items: one JSON object, an array of them, or one a line (NDJSON). */
export function readBatch(body: Uint8Array, contentType: string | undefined): unknown[] {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const items = isNdjson(type) ? readLines(decode(body)) : readJson(type, body)
  if (items.length === 0) throw badRequest('empty_batch', 'The body has no insight.')
  if (items.length > limits.batchItems)
    throw new HttpFault(
      413,
      'too_many_items',
      `The body has ${items.length} items; at most ${limits.batchItems} are taken at once.`,
    )
  return items
}

/** The body of a request that takes JSON only. */
export function readJsonBody(body: Uint8Array, contentType: string | undefined): unknown {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!isJson(type)) throw unsupported('application/json')
  return parse(decode(body))
}

const isJson = (type: string) => type === 'application/json' || /^application\/[\w.+-]+\+json$/.test(type)
const isNdjson = (type: string) =>
  type === 'application/x-ndjson' || type === 'application/ndjson' || type === 'application/jsonl'

function readJson(type: string, body: Uint8Array): unknown[] {
  if (!isJson(type)) throw unsupported('application/json or application/x-ndjson')
  const value = parse(decode(body))
  return Array.isArray(value) ? value : [value]
}

function unsupported(wanted: string): HttpFault {
  return new HttpFault(415, 'unsupported_media_type', `Send the body as ${wanted}.`, {
    headers: { accept: wanted.replace(' or ', ', ') },
  })
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch {
    throw badRequest('not_utf8', 'The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest('not_json', `The body is not JSON: ${reason(error)}.`)
  }
}

function readLines(text: string): unknown[] {
  const items: unknown[] = []
  const faults: unknown[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    try {
      items.push(JSON.parse(line))
    } catch (error) {
      faults.push({ index: items.length, path: '', message: `is not JSON: ${reason(error)}` })
      items.push(undefined)
    }
    if (items.length > limits.batchItems) break
  }
  if (faults.length > 0) throw badRequest('not_json', 'Not every line is JSON.', faults)
  return items
}

/** The position only: the parser's message quotes the body. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const position = /at position (\d+)/.exec(message)
  return position ? `it breaks off at character ${position[1]}` : 'it breaks off at its end or its start'
}
