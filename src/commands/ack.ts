import type { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { runStatusChange, statusChangeCommand } from './shared/status-change.ts'

const verb = {
  name: 'ack',
  status: 'acknowledged',
  summary: 'Acknowledges alerts: somebody is on it.',
} as const

export const ackCommand = (io: Io, run = runStatusChange): Command => statusChangeCommand(io, verb, run)
