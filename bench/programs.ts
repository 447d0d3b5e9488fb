import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** Servers run on the first core, what loads them on the second. */
const serverCore = '0'
const loadCore = '1'

/** A server under test. */
export interface Peer {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>
}

/** What a load saw, by name. */
export type Figures = Record<string, number>

/** Compiles one of the programs beside this file; its path. */
export function compile(name: string, directory: string): string {
  const out = join(directory, name)
  const source = new URL(`${name}.cpp`, import.meta.url).pathname
  const { status, stderr } = spawnSync('g++', ['-O2', '-std=c++17', '-pthread', '-o', out, source])
  if (status !== 0) throw new Error(`g++ could not build ${name}: ${String(stderr)}`)
  return out
}

/** Runs a load to its end on its own core; its one line of JSON. */
export async function load(program: string, args: readonly string[]): Promise<Figures> {
  const run = exec('taskset', ['-c', loadCore, program, ...args], { maxBuffer: 1 << 24 })
  // A load that was not satisfied exits 1 and still says what it saw.
  const { stdout } = await run.catch((error: unknown) => error as { stdout: string })
  return JSON.parse(stdout) as Figures
}

/** A load that goes on until every connection has passed a sequence. */
export interface Following {
  until(sequence: number): Promise<Figures>
}

/** Starts such a load; resolves once every connection is there. */
export async function follow(program: string, args: readonly string[]): Promise<Following> {
  const child = spawn('taskset', ['-c', loadCore, program, '--follow', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the load ended without a word')
    return JSON.parse(value) as Figures
  }
  await next()
  return {
    until(sequence) {
      child.stdin.end(`${sequence}\n`)
      return next()
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function start(port: number, command: readonly string[], pidFile?: string): Promise<Peer> {
  const child = spawn('taskset', ['-c', serverCore, ...command], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for (let tries = 0; ; tries++) {
    if (await answers(port)) break
    if (tries > 400) throw new Error(`${command.join(' ')} does not listen`)
    await sleep(25)
  }
  const pid = pidFile === undefined ? (child.pid ?? 0) : workerOf(Number(readFileSync(pidFile, 'utf8')))
  return {
    pid,
    port,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (listens: boolean) => {
      socket.destroy()
      resolve(listens)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}

function workerOf(master: number): number {
  const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ')
  return Number(children[0] || master)
}

/** The built `iops serve` over a journal, which is made where there is none. */
export async function startIops(directory: string, at?: number): Promise<Peer> {
  const port = at ?? (await freePort())
  const launcher = new URL('../bin/iops.js', import.meta.url).pathname
  return start(port, [process.execPath, launcher, 'serve', '--port', String(port), '--store', directory])
}

/** A bare Hono app that parses the body and answers 201. */
export async function startBareHono(): Promise<Peer> {
  const port = await freePort()
  const program = new URL('bare-hono.js', import.meta.url).pathname
  return start(port, [process.execPath, program, String(port)])
}

export async function startFloor(program: string): Promise<Peer> {
  const port = await freePort()
  return start(port, [program, String(port)])
}

const nchanModule = '/usr/lib/nginx/modules/ngx_nchan_module.so'
export const hasNchan = () => existsSync('/usr/sbin/nginx') && existsSync(nchanModule)

/** What the peer is, as far as the system tells. */
export function nchanVersion(): string {
  const { stderr: nginx } = spawnSync('/usr/sbin/nginx', ['-v'], { encoding: 'utf8' })
  const query = ['-W', '-f=${Version}', 'libnginx-mod-nchan']
  const { stdout: module } = spawnSync('dpkg-query', query, { encoding: 'utf8' })
  return `${/nginx\/[\d.]+/.exec(nginx ?? '')?.[0] ?? 'nginx'} with nchan ${module ?? ''}`.trim()
}

/** nginx with the nchan module: one worker, messages in memory. */
export async function startNchan(directory: string): Promise<Peer> {
  const port = await freePort()
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'nginx.conf')
  const pidFile = join(directory, 'nginx.pid')
  writeFileSync(
    file,
    `load_module ${nchanModule};
daemon off; worker_processes 1; worker_rlimit_nofile 65536; pid ${pidFile}; error_log ${directory}/error.log;
events { worker_connections 40000; }
http {
  access_log off; client_body_temp_path ${directory}; proxy_temp_path ${directory};
  fastcgi_temp_path ${directory}; uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
  keepalive_requests 1000000; nchan_shared_memory_size 256M;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish { nchan_publisher; nchan_channel_id feed; nchan_message_buffer_length 1000; }
    location = /stream { nchan_subscriber eventsource; nchan_channel_id feed; nchan_subscriber_first_message newest; }
  }
}
`,
  )
  return start(port, ['/usr/sbin/nginx', '-c', file, '-p', directory], pidFile)
}

export const scratch = () => join(tmpdir(), `iops-bench-${process.pid}`)
