import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Io } from '../../program/io.ts'

/** Where the journal is when nobody says otherwise. */
export function defaultStore({ env }: Pick<Io, 'env'>): string {
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'iops', 'journal')
}
