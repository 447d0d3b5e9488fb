import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { requireProgram } from './serve.ts'
import { temporary } from './temporary.ts'

const installed = (path: string, name: string) => requireProgram(existsSync(path) ? path : undefined, name)

/** Paths; undefined where they aren't installed. */
export const nginx = installed('/usr/sbin/nginx', 'nginx')
export const tinyproxy = installed('/usr/bin/tinyproxy', 'tinyproxy')

export interface RunningProgram extends AsyncDisposable {
  readonly url: string
}

/** A real nginx before a server; `directives` stand in its only location. */
export function startNginx(target: string, directives: string): Promise<RunningProgram> {
  return start(nginx, (port, folder) => {
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join(' ')
    const config = `daemon off; pid ${folder}/pid; error_log ${folder}/log; worker_processes 1; events {}
http { access_log off; ${temp}
  server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; ${directives} } } }\n`
    return { config, argv: (file) => ['-p', folder, '-c', file, '-e', `${folder}/log`] }
  })
}

/** A real tinyproxy that hands what it is asked for on to another proxy. */
export function startTinyproxy(upstream: string): Promise<RunningProgram> {
  return start(tinyproxy, (port, folder) => ({
    config: `Port ${port}\nListen 127.0.0.1\nTimeout 60\nLogFile "${folder}/log"\nPidFile "${folder}/pid"\nMaxClients 20\nUpstream http ${new URL(upstream).host}\n`,
    argv: (file) => ['-d', '-c', file],
  }))
}

interface Setup {
  readonly config: string
  readonly argv: (file: string) => string[]
}

async function start(
  path: string | undefined,
  setUp: (port: number, folder: string) => Setup,
): Promise<RunningProgram> {
  const folder = temporary()
  const port = await freePort()
  const { config, argv } = setUp(port, folder.path)
  const file = join(folder.path, 'config')
  writeFileSync(file, config)
  const child = spawn(path ?? '', argv(file), { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let isOver = false
  void ended.then(() => (isOver = true))
  while (!(await listens(port))) {
    if (isOver) throw new Error(`${path} ended at once`)
    await sleep(20)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      folder[Symbol.dispose]()
    },
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
