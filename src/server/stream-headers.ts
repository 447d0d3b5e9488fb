/** What every event stream is answered with. `x-accel-buffering` keeps nginx from holding events back. */
export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  connection: 'keep-alive',
  'access-control-allow-origin': '*',
  'x-accel-buffering': 'no',
} as const
