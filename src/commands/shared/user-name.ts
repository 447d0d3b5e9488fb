import { userInfo } from 'node:os'
import type { Io } from '../../program/io.ts'

/** Who acts, unless `--by` says otherwise. */
export const userName = ({ env }: Io): string => env.USER || userInfo().username
