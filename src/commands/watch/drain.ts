import { setTimeout as sleep } from 'node:timers/promises'
import { counted } from '../../text/format.ts'
import type { AlertSink } from './alert-sink.ts'
import type { ExecQueue } from './exec/exec-queue.ts'

interface Options {
  readonly sink: AlertSink
  readonly exec: ExecQueue | undefined
  /** From then on only what runs is waited for, and not for long. */
  readonly stop: AbortSignal
  readonly say: (message: string) => void
}

/** How long handlers may go on after a signal, a closed stdout or `--timeout`, in milliseconds. */
const handlerGrace = 5000
/** How long a reader may take what is written already. */
const readerGrace = 100

/** Waits until everything is handled, or, once `stop` aborts, until the handlers that run have ended. */
export async function drain({ sink, exec, stop, say }: Options): Promise<void> {
  const stopped = Promise.withResolvers<void>()
  stop.addEventListener('abort', () => stopped.resolve(), { once: true })
  if (stop.aborted) stopped.resolve()
  await Promise.race([sink.idle(), stopped.promise])
  if (!stop.aborted) return
  exec?.stop()
  await Promise.race([sink.idle(), sleep(readerGrace)])
  if (!exec?.running) return
  await Promise.race([exec.idle(), sleep(handlerGrace)])
  if (exec.running === 0) return
  say(
    `--exec: ${counted(exec.running, 'handler')} still ran after ${handlerGrace / 1000} s, ended with SIGTERM`,
  )
  exec.kill()
  await exec.idle()
}
