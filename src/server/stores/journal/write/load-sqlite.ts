import type * as Sqlite from 'node:sqlite'

/**
 * Node's SQLite. Node 22 calls it an experiment on stderr when it is loaded; of it only a file lock is used here, so
 * that sentence is nothing for an operator. Every other warning is shown.
 */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = ((warning: string | Error, ...rest: [NodeJS.EmitWarningOptions]) => {
    if (!String(warning).includes('SQLite is an experimental feature')) emitWarning(warning, ...rest)
  }) as typeof process.emitWarning
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
