import type { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { runStatusChange, statusChangeCommand } from './shared/status-change.ts'

const verb = { name: 'resolve', status: 'resolved', summary: 'Resolves alerts: it is over.' } as const

export const resolveCommand = (io: Io, run = runStatusChange): Command => statusChangeCommand(io, verb, run)
