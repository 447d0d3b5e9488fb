import { readFileSync } from 'node:fs'
import type { TestServer } from './server.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly accepted?: number
    readonly items?: readonly { readonly alert_id: string; readonly result: string }[]
    readonly refused?: readonly { readonly index: number; readonly path: string }[]
    readonly [name: string]: unknown
  }
}

/** A body of `test/fixtures`, such as `grafana/firing-two`. */
export const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))

/** Posts a body, JSON unless it is text already. */
export async function postTo(
  { url }: { readonly url: string },
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url + path, { method: 'POST', headers, body: text })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer['body'],
  }
}

export const resultsOf = ({ body }: Answer): string[] => (body.items ?? []).map(({ result }) => result)

/** The latest versions that a server has, newest first. */
export const latestOf = async ({ memory }: TestServer) => (await memory.recent({ limit: 1000 })).items
