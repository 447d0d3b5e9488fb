import { Command } from 'commander'
import type { Io } from '../io.ts'

export function serveCommand(_io: Io): Command {
  return new Command().action(() => {})
}
