import { isPositionName } from '../../client/position/position-file.ts'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import type { TakenTerminal } from '../../ui/screen/take-terminal.ts'
import type { Expectation } from './silence/expectation.ts'
import type { ConnectionFlags } from '../shared/connection-flags.ts'
import { isScreenReader } from './screen-reader.ts'

/** What commander reads. */
export interface WatchFlags extends ConnectionFlags {
  readonly filter?: Filter
  /** RFC 3339. */
  readonly since?: string
  readonly limit?: number
  readonly plain?: boolean
  readonly json?: boolean
  /** `true` without a name. */
  readonly resume?: boolean | string
  readonly maxAttempts?: number
  /** Milliseconds. */
  readonly timeout?: number
  readonly until?: Filter
  readonly failOn?: Filter
  readonly count?: number
  readonly expect?: readonly Expectation[]
  readonly failOnSilence?: boolean
  readonly exec?: string
  readonly execJobs?: number
  readonly execRetries?: number
  /** Milliseconds. */
  readonly execTimeout?: number
  readonly screenReader?: boolean
  readonly color?: string | undefined
  readonly ascii?: boolean
}

/** A command that is run for each alert. */
export interface ExecOptions {
  readonly command: string
  readonly jobs: number
  /** How often it is tried again after it failed. */
  readonly retries: number
  /** Milliseconds for one try; no bound by default. */
  readonly timeout: number | undefined
}

export interface WatchOptions extends Omit<
  WatchFlags,
  'resume' | 'exec' | 'execJobs' | 'execRetries' | 'execTimeout'
> {
  /** How the alerts are shown. */
  readonly shape: 'dashboard' | 'screen-reader' | 'plain' | 'json'
  /** Whether to go on where the last run ended, and under which name. */
  readonly resume: { readonly name: string | undefined } | undefined
  readonly exec: ExecOptions | undefined
  /** Who acknowledges. */
  readonly by?: string | undefined
  /** Keeps no position: nothing can be resumed. */
  readonly temporary?: boolean
  /** The terminal, where it has been taken over already. */
  readonly taken?: TakenTerminal | undefined
}

/** From the flags to what `watch` does with them. Throws a usage {@link Failure}. */
export function watchOptions(flags: WatchFlags, io: Pick<Io, 'stdin' | 'stdout' | 'env'>): WatchOptions {
  const { resume, exec, execJobs, execRetries, execTimeout, ...others } = flags
  if (flags.json && flags.plain) throw new Failure('usage', 'choose one of --json and --plain')
  if (exec === undefined && (execJobs ?? execRetries ?? execTimeout) !== undefined)
    throw new Failure('usage', '--exec-jobs, --exec-retries and --exec-timeout need --exec')
  if (flags.failOnSilence && flags.expect === undefined)
    throw new Failure('usage', '--fail-on-silence needs --expect, which says what has to come how often')
  if (exec?.trim() === '') throw new Failure('usage', '--exec has no command')
  return {
    ...others,
    shape: shapeOf(flags, io),
    resume: resumeOf(resume),
    exec: exec === undefined ? undefined : execOptions(exec, { execJobs, execRetries, execTimeout }),
  }
}

type ExecFlags = { [Name in 'execJobs' | 'execRetries' | 'execTimeout']: number | undefined }

const execOptions = (command: string, { execJobs, execRetries, execTimeout }: ExecFlags): ExecOptions => ({
  command,
  jobs: execJobs ?? 1,
  retries: execRetries ?? 3,
  timeout: execTimeout,
})

function resumeOf(resume: WatchFlags['resume']): WatchOptions['resume'] {
  if (resume === undefined || resume === false) return undefined
  if (resume === true) return { name: undefined }
  if (isPositionName(resume)) return { name: resume }
  throw new Failure('usage', `"${resume}" can't name a position`, {
    hint: 'Use letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit: --resume=pager',
  })
}

/** The dashboard needs a terminal on both ends, and somebody who looks at it. */
function shapeOf(
  flags: WatchFlags,
  { stdin, stdout, env }: Pick<Io, 'stdin' | 'stdout' | 'env'>,
): WatchOptions['shape'] {
  if (flags.json) return 'json'
  const hasNoScreen = !stdout.isTTY || !stdin.isTTY || env.TERM === 'dumb'
  if (hasNoScreen || flags.plain || flags.exec !== undefined || flags.count !== undefined || flags.expect)
    return 'plain'
  return isScreenReader(flags, env) ? 'screen-reader' : 'dashboard'
}
