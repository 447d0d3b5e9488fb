/**
 * What every event stream is answered with; `connection` is said by whoever owns the connection.
 *
 * `x-accel-buffering` keeps nginx from holding events back.
 */
export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'access-control-allow-origin': '*',
  'x-accel-buffering': 'no',
} as const
