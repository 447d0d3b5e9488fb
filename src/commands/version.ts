import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { version } from '../version.ts'
import { withExamples } from './shared/examples.ts'

export const versionCommand = (io: Io): Command =>
  withExamples(new Command(), [['iops version', 'the same as iops --version']])
    .description('Prints the version.')
    .action(() => writeOut(io, `${version}\n`))
