/**
 * What every event stream is answered with, beside what lets pages read it; `connection` is said by
 * whoever owns the connection.
 *
 * `x-accel-buffering` keeps nginx from holding events back.
 */
export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const
