import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/**
 * Calls back when whoever reads a pipe has left, also while nothing is written to it. Node can't poll the writing end
 * of a pipe, so this asks GNU tail, which holds that end too and is ended by SIGPIPE then; it ends with this process.
 * Where it is missing, or `fd` is no pipe, the next write tells. Returns the function that stops it.
 */
export function watchReader(fd: number, onGone: () => void): () => void {
  if (process.platform !== 'linux' || !fstatSync(fd).isFIFO()) return () => {}
  const { spawn } = process.getBuiltinModule('node:child_process')
  const own = reopen(fd)
  if (own === undefined) return () => {}
  const argv = ['-f', `--pid=${process.pid}`, '/dev/null']
  const tail = spawn('tail', argv, { stdio: ['ignore', own, 'ignore'] })
  closeSync(own)
  tail.on('error', () => {})
  tail.on('exit', (_code, signal) => {
    if (signal === 'SIGPIPE') onGone()
  })
  tail.unref()
  return () => void tail.kill('SIGKILL')
}

/**
 * The same end of the pipe, opened again: starting a child makes what it inherits blocking, and with the end that is
 * ours a full pipe would then stop this process, signals included. Undefined where it can't be, as without `/proc`.
 */
function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}
