import type { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { statusChangeCommand } from './shared/status-change.ts'

export const resolveCommand = (io: Io): Command =>
  statusChangeCommand(io, 'resolve', 'resolved', 'Resolves alerts: it is over.')
