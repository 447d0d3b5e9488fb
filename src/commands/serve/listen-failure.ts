import { Failure } from '../../program/failure.ts'

/** What kept a server from listening, in words that say how to go on; another error as it is. */
export function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const cause = { cause: error }
  if (code === 'EADDRINUSE')
    return new Failure('failed', `port ${port} on ${host} is in use`, {
      ...cause,
      hint: 'stop the other program, or choose another port: --port 0 takes a free one',
    })
  if (code === 'EACCES')
    return new Failure('failed', `this user may not listen on port ${port}`, {
      ...cause,
      hint: 'choose a port from 1024 on',
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Failure('failed', `${host} is no address of this machine`, cause)
  return error
}
