import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own, which publishes that many new alerts a second from `go` on. */
export async function startLoad({ perSecond, seconds }: { perSecond: number; seconds: number }) {
  const program = fileURLToPath(new URL('loaded-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, `${perSecond}`, `${seconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string]
  return {
    url,
    go: () => void child.stdin.write('go\n'),
    async [Symbol.asyncDispose]() {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
