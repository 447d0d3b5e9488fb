import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeInsight } from '../../../protocol/insight/encode.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { longAge } from '../../../text/format.ts'

export interface HandlerOptions {
  /** The user's own command line; nothing of the insight ever becomes shell text. */
  readonly command: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds; no bound when undefined. */
  readonly timeout: number | undefined
  /** Ends the handler's process group at once. */
  readonly signal: AbortSignal
}

/** How one run ended; undefined when well. */
export type HandlerFault = string | undefined

/** How long a process group may take to end after SIGTERM, in milliseconds. */
const killAfter = 1000
/** A timer takes at most so many milliseconds; 24 days. */
const maxTimer = 2 ** 31 - 1

/** Where a second signal ends this process at once, its handlers don't stay behind. */
const groups = new Set<number>()
process.on('exit', () => {
  for (const group of groups) kill(group, 'SIGKILL')
})

/**
 * Runs a command for one insight, which stands on its stdin and in its environment. What it prints goes to our
 * stderr: stdout is for data. It leads a process group of its own, which ends with it when it has to be ended.
 */
export function runHandler(
  insight: Insight,
  { command, env, timeout, signal }: HandlerOptions,
): Promise<HandlerFault> {
  if (signal.aborted) return Promise.resolve('was not started')
  const { promise, resolve } = Promise.withResolvers<HandlerFault>()
  const child = spawn('/bin/sh', ['-c', command], { env, stdio: ['pipe', 2, 2], detached: true })
  if (child.pid !== undefined) groups.add(child.pid)
  let ended: { readonly why: string; readonly group: Promise<void> } | undefined
  const end = (why: string) => {
    if (child.pid !== undefined) ended ??= { why, group: endGroup(child.pid) }
  }
  const abort = () => end('was ended')
  const timer =
    timeout && setTimeout(() => end(`took longer than ${longAge(timeout)}`), Math.min(timeout, maxTimer))
  signal.addEventListener('abort', abort, { once: true })
  const settle = async (fault: HandlerFault) => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    await ended?.group
    if (child.pid !== undefined) groups.delete(child.pid)
    resolve(ended?.why ?? fault)
  }
  child.once('error', (error) => void settle(`can't be run: ${error.message}`))
  child.once(
    'exit',
    (code, by) => void settle(code === 0 ? undefined : `ended with ${by ?? `exit code ${code}`}`),
  )
  // A command need not read it.
  child.stdin?.on('error', () => {})
  child.stdin?.end(`${encodeInsight(insight)}\n`)
  return promise
}

/** SIGTERM, and SIGKILL to whatever is left of the group a moment later. Resolves once it is gone. */
async function endGroup(pid: number): Promise<void> {
  kill(pid, 'SIGTERM')
  const deadline = performance.now() + killAfter
  while (kill(pid, 0)) {
    if (performance.now() > deadline) return void kill(pid, 'SIGKILL')
    await sleep(20)
  }
}

/** Whether there was anybody in the group. */
function kill(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
