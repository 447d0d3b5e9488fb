import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import type { JournalTask } from './journal/journal-task.ts'
import { defaultStore } from './shared/default-store.ts'
import { withExamples } from './shared/examples.ts'

export function journalCommand(io: Io, run = runTask): Command {
  const where = 'DIR or file:DIR, as in serve --store'
  const verify = withExamples(new Command('verify'), [
    ['iops journal verify', 'the one in your data folder'],
    ['iops journal verify ./iops-data', 'names each damaged line; exit code 1 when there is one'],
  ])
    .description('Checks every line of a journal, also while its server runs. Changes nothing.')
    .argument('[journal]', where, defaultStore(io))
    .action((journal: string) => run({ task: 'verify', journal }, io))
  const backup = withExamples(new Command('backup'), [
    ['iops journal backup ./iops-data /backup/today', 'while the server runs'],
  ])
    .description('Copies a journal as it is at one moment, also while its server runs; checks every line.')
    .argument('<journal>', where)
    .argument('<backup>', 'directory for the copy, new or empty')
    .action((journal: string, to: string) => run({ task: 'backup', journal, backup: to }, io))
  const restore = withExamples(new Command('restore'), [
    ['iops journal restore /backup/today ./iops-data', 'then start the server on ./iops-data'],
  ])
    .description(
      'Puts a backup where a journal is to be. Clients that are ahead of it are told to start over.',
    )
    .argument('<backup>', 'directory that backup has made')
    .argument('<journal>', 'DIR or file:DIR; must hold no journal, and no server may use it')
    .action((from: string, journal: string) => run({ task: 'restore', journal, backup: from }, io))
  const compact = withExamples(new Command('compact'), [
    ['iops journal compact ./iops-data', 'while no server runs on it'],
  ])
    .description(
      'Drops every version but the latest of each alert. Streams can not go back before this moment.',
    )
    .argument('<journal>', where)
    .action((journal: string) => run({ task: 'compact', journal }, io))
  const command = new Command().description('Checks, copies and compacts a journal.')
  for (const task of [verify, backup, restore, compact]) command.addCommand(task)
  return command
}

async function runTask(task: JournalTask, io: Io): Promise<void> {
  const { runJournal } = await import('./journal/run-journal.ts')
  await runJournal(task, io)
}
