import { plainWords } from '../text/one-line.ts'
import { readErrorBody, tryReader } from './api/readers.ts'

export const tokenHint = 'Give a token by IOPS_TOKEN, --token-file or --token-command.'
export const urlHint = 'Give a base URL such as http://127.0.0.1:4677, or the URL of the stream itself.'

/** The server's own message in the body of an error; undefined where something else wrote it. */
export function serverMessage(status: number, json: unknown): string | undefined {
  // A server never says of itself that the one behind it is gone.
  if (status === 502 || status === 504) return undefined
  const body = tryReader(readErrorBody, json)
  return body && plainWords(body.error)
}

/** What a 5xx says that the server didn't write: a gateway did, or a server that can't even do that. */
export const gatewayMessage = (status: number, server: string): string =>
  status === 502 || status === 503 || status === 504
    ? `the server behind ${server} isn't there (${status})`
    : `the server behind ${server} failed (${status})`
