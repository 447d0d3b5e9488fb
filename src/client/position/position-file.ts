import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { parseFilter } from '../../protocol/filter/filter.ts'

export interface PositionIdentity {
  /** A consumer that a person named: it keeps its position whatever it watches. */
  readonly name?: string | undefined
  /** Without a name each server and path has a position of its own. */
  readonly streamUrl: string
  /** And so has each filter; filters that mean the same share one. */
  readonly filter?: string | undefined
  /** What consumes: a dashboard never moves the position of a script. */
  readonly shape: 'dashboard' | 'lines' | 'exec'
  /** `XDG_STATE_HOME`, by default `~/.local/state`, says where: in its folder `iops`. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Letters, digits, `.`, `_` and `-`, at most 64, the first one a letter or digit. */
export const isPositionName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name)

/** The file that keeps the position of one consumer. */
export function positionFile({ name, streamUrl, filter = '', shape, env }: PositionIdentity): string {
  const folder = join(stateHome(env), 'iops', 'positions')
  if (name !== undefined) return join(folder, `${shape === 'dashboard' ? 'dashboard' : 'name'}-${name}.json`)
  const identity = [streamUrl, parseFilter(filter)?.key ?? '', shape].join('\n')
  return join(folder, `${createHash('sha256').update(identity).digest('hex').slice(0, 24)}.json`)
}

/** An XDG path that is not absolute is to be ignored (XDG Base Directory Specification). */
function stateHome(env: PositionIdentity['env']): string {
  const { XDG_STATE_HOME: home = '', HOME } = env
  return isAbsolute(home) ? home : join(HOME || homedir(), '.local', 'state')
}
