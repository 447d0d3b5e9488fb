import type { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { runStatusChange, statusChangeCommand } from './shared/status-change.ts'

const verb = {
  name: 'reopen',
  status: 'open',
  summary: 'Opens alerts again: it is not over, or nobody is on it.',
} as const

export const reopenCommand = (io: Io, run = runStatusChange): Command => statusChangeCommand(io, verb, run)
