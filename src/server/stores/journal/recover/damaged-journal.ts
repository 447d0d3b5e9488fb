import { Failure } from '../../../../program/failure.ts'
import type { Damage } from '../format/scan.ts'

/** The log on disk is not what was written. */
export class DamagedJournal extends Failure {
  constructor({ path, line, message }: Pick<Damage, 'path' | 'line' | 'message'>) {
    super('failed', `the journal is damaged: ${path}:${line} ${message}`, {
      hint: 'nothing was changed; --repair sets the bad lines aside in a file of their own and goes on',
    })
  }
}
