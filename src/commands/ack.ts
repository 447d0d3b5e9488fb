import type { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { statusChangeCommand } from './shared/status-change.ts'

export const ackCommand = (io: Io): Command =>
  statusChangeCommand(io, 'ack', 'acknowledged', 'Acknowledges alerts: somebody is on it.')
