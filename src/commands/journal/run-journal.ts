import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { writeOut } from '../../program/write-out.ts'
import { copyJournal } from '../../server/stores/journal/maintain/backup.ts'
import { compactJournal } from '../../server/stores/journal/maintain/compact.ts'
import { restoreJournal } from '../../server/stores/journal/maintain/restore.ts'
import { verifyJournal } from '../../server/stores/journal/maintain/verify.ts'
import { journalDirectory } from '../../server/stores/journal-directory.ts'
import { createLogger } from '../../server/telemetry/logger.ts'
import type { JournalTask } from './journal-task.ts'
import { showProgress } from './show-progress.ts'

export async function runJournal(task: JournalTask, io: Io): Promise<void> {
  const journal = journalDirectory(task.journal)
  const progress = showProgress(io)
  switch (task.task) {
    case 'verify':
      return verify(journal, io)
    case 'backup': {
      const { insights, bytes, head } = await copyJournal(
        journal,
        journalDirectory(task.backup),
        progress('copied'),
      )
      await writeOut(io, `copied ${insights} insights, ${megabytes(bytes)}, up to sequence ${head}\n`)
      return
    }
    case 'restore': {
      const { insights, bytes, head } = await restoreJournal(
        journalDirectory(task.backup),
        journal,
        progress('restored'),
      )
      await writeOut(io, `restored ${insights} insights, ${megabytes(bytes)}, up to sequence ${head}\n`)
      return
    }
    case 'compact': {
      const logger = createLogger(io.stderr as NodeJS.WriteStream, () => new Date(io.now()))
      const report = await compactJournal(journal, { logger, onProgress: progress('compacted') })
      const { insightsBefore, insights, bytesBefore, bytes } = report
      await writeOut(
        io,
        `kept ${insights} of ${insightsBefore} insights, ${megabytes(bytes)} of ${megabytes(bytesBefore)}\n`,
      )
      return
    }
    default:
      task satisfies never
  }
}

async function verify(journal: string, io: Io): Promise<void> {
  const report = await verifyJournal(journal, showProgress(io)('verified'))
  const { damage, insights, segments, bytes, unfinished } = report
  for (const { path, line, message } of damage) await writeOut(io, `${path}:${line} ${message}\n`)
  if (damage.length > 0)
    throw new Failure('failed', `the journal in ${journal} is damaged in ${damage.length} places`, {
      hint: '"iops serve --repair" sets the bad lines aside in a file of their own and goes on',
    })
  const tail = unfinished > 0 ? `; ${unfinished} bytes at the end belong to no whole write` : ''
  await writeOut(
    io,
    `${insights} insights in ${segments} segments, ${megabytes(bytes)}: nothing is damaged${tail}\n`,
  )
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
