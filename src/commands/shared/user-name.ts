import { userInfo } from 'node:os'
import type { Io } from '../../program/io.ts'

/** Who acts, unless `--by` says otherwise. */
export function userName({ env }: Io): string {
  if (env.USER) return env.USER
  try {
    return userInfo().username
  } catch {
    // In a container the user may be a number only.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
