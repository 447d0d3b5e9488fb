import type { StreamSource } from '../stream/stream-source.ts'
import { asHttpFault, HttpFault, internalError, respond } from '../fault/http-fault.ts'
import type { LambdaEnvironment } from './environment.ts'
import { requestOf } from './http-event.ts'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])
const streamPaths = new Set(['/stream', '/insights/stream'])

/**
 * Answers an HTTP event through the app, with event streams from the source that `open` gives; it is asked for a
 * stream only. Rejects for an event that is no HTTP call.
 */
export async function answer(
  environment: LambdaEnvironment,
  event: unknown,
  open: () => Promise<StreamSource>,
): Promise<Response> {
  const { settings, access, app, appOver, metrics } = environment
  let origin: string | undefined
  let response: Response
  try {
    const request = requestOf(event, settings.basePath)
    origin = request.headers.get('origin') ?? undefined
    if (!reading.has(request.method) && settings.token === undefined && !settings.insecure) throw noWriting
    response = await (await appFor(request)).fetch(request)
  } catch (error) {
    const fault = asHttpFault(error)
    if (!fault) throw error
    metrics.answered('', '', fault.status)
    response = respond(fault, access.corsFields(origin))
  }
  if (!settings.sendsCors)
    for (const name of [...response.headers.keys()].filter((field) => field.startsWith('access-control-')))
      response.headers.delete(name)
  return response

  async function appFor(request: Request) {
    const { pathname: path } = new URL(request.url)
    if (request.method !== 'GET' || !streamPaths.has(path)) return app
    const field = (name: string) => request.headers.get(name) ?? undefined
    // Before the store is asked for anything.
    access.admit({ method: 'GET', path, field })
    return appOver(await open())
  }
}

/** The answer to a failure of ours, which the log explains. */
export function failureResponse({ access, logger, metrics }: LambdaEnvironment, error: unknown): Response {
  logger('error', 'a request failed', { error: error instanceof Error ? error.stack : String(error) })
  metrics.answered('', '', 500)
  return respond(internalError(), access.corsFields(undefined))
}

const noWriting = new HttpFault(
  403,
  'writing_disabled',
  'Nobody may write here: the function has no IOPS_SERVER_TOKEN. IOPS_INSECURE=on lets anyone.',
)
