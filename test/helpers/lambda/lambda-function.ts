import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { bundleLambda } from '../../../scripts/lambda/bundle-lambda.ts'
import { credentials } from '../dynamo.ts'
import { startRuntimeApi } from './runtime-api.ts'
import { type StreamedAnswer, streamedAnswer } from './streamed-answer.ts'

const preload = fileURLToPath(new URL('rapid-client.cjs', import.meta.url))
const runtime = join(dirname(createRequire(import.meta.url).resolve('aws-lambda-ric')), 'index.mjs')

/** The code of the functions, as it is uploaded. */
export interface LambdaCode {
  readonly directory: string
  remove(): void
}

export async function buildLambdaCode(): Promise<LambdaCode> {
  const directory = mkdtempSync(join(tmpdir(), 'iops-lambda-'))
  mkdirSync(directory, { recursive: true })
  for (const [name, contents] of Object.entries((await bundleLambda()).files))
    writeFileSync(join(directory, name), contents)
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/** One execution environment of a function: AWS's own runtime client around the bundle, as a process of its own. */
export class LambdaFunction {
  output = ''
  readonly #child: ChildProcess
  readonly #api: Awaited<ReturnType<typeof startRuntimeApi>>

  private constructor(api: Awaited<ReturnType<typeof startRuntimeApi>>, child: ChildProcess) {
    this.#api = api
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => (this.output += piece))
  }

  /** `handler` is one of `handler`, `stream` and `relay`. */
  static async start(
    code: LambdaCode,
    handler: string,
    env: Readonly<Record<string, string>>,
  ): Promise<LambdaFunction> {
    const api = await startRuntimeApi()
    const child = spawn(process.execPath, ['--require', preload, runtime], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ...credentials,
        AWS_REGION: 'eu-west-1',
        AWS_LAMBDA_RUNTIME_API: api.address,
        AWS_LAMBDA_FUNCTION_NAME: `iops-${handler}`,
        AWS_LAMBDA_FUNCTION_VERSION: '1',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_LAMBDA_LOG_GROUP_NAME: 'group',
        AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
        LAMBDA_TASK_ROOT: code.directory,
        _HANDLER: `index.${handler}`,
        IOPS_INSECURE: 'on',
        ...env,
      },
    })
    return new LambdaFunction(api, child)
  }

  get initErrors(): readonly string[] {
    return this.#api.initErrors
  }

  get isIdle(): boolean {
    return this.#api.isIdle()
  }

  /** Invokes a handler that answers whole; rejects with the error that the function ended with. */
  async invoke<Result>(event: unknown, timeoutMs = 30_000): Promise<Result> {
    const posted = await this.#api.invoke(event, timeoutMs)
    const body = await text(posted.body)
    if (posted.kind === 'error') throw new Error(body)
    return JSON.parse(body) as Result
  }

  /** Invokes a handler that streams; resolves with the beginning of its answer. */
  async stream(event: unknown, timeoutMs = 30_000): Promise<StreamedAnswer> {
    return streamedAnswer(await this.#api.invoke(event, timeoutMs))
  }

  /** Stops the process where it is, as AWS does with an environment that has nothing to do. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    this.#api.close()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
