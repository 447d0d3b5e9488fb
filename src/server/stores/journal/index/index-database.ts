import { chmodSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from '../write/load-sqlite.ts'

/** The index's file in the journal's directory. It is made from the segments, and made anew when it is gone. */
export const indexName = 'index.sqlite'

const version = 1

/**
 * `alerts`: the latest version of each. `totals`: how many of them there are in each cell of time, on
 * levels from a second up. `segments`: the files that all this was made from.
 */
const schema = `
CREATE TABLE state (epoch TEXT NOT NULL, indexed INTEGER NOT NULL);
CREATE TABLE alerts (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL, risk REAL NOT NULL,
  type INTEGER NOT NULL, status INTEGER NOT NULL
);
CREATE UNIQUE INDEX by_id ON alerts (id);
CREATE INDEX by_time ON alerts (time, id);
CREATE TABLE types (type INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE totals (
  level INTEGER, cell INTEGER, type INTEGER, status INTEGER, severity INTEGER,
  count INTEGER NOT NULL, risk REAL NOT NULL,
  PRIMARY KEY (level, cell, type, status, severity)
) WITHOUT ROWID;
CREATE TABLE segments (
  first INTEGER PRIMARY KEY, next INTEGER NOT NULL, count INTEGER NOT NULL, size INTEGER NOT NULL,
  modified TEXT NOT NULL, firstAt INTEGER, lastAt INTEGER, latest INTEGER NOT NULL, resolved INTEGER NOT NULL
);
PRAGMA user_version = ${version};
`

/** Opens the index for writing, and makes it where there is none. Throws where it is of another version or log. */
export function openIndexDatabase(path: string, epoch: string): DatabaseSync {
  const database = new (loadSqlite().DatabaseSync)(path, { timeout: 10_000 })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768')
    const found = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (found.user_version === 0) {
      database.exec(`BEGIN; ${schema} COMMIT`)
      database.prepare('INSERT INTO state VALUES (?, 0)').run(epoch)
      for (const end of ['', '-wal', '-shm']) chmodSync(path + end, 0o600)
    }
    const state = database.prepare('SELECT epoch FROM state').get() as { epoch: string } | undefined
    if (state?.epoch !== epoch) throw new Error('the index is of another log')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Widths of the cells of `totals` by level, in milliseconds. */
export const cellWidths = [10, 16, 22, 28, 34].map((bits) => 2 ** bits)

/**
 * An id as the index has it. SQLite compares bytes of UTF-8; this is made so that the order is that of UTF-16
 * code units all the same, and so that unpaired surrogates and NULs survive.
 */
export const idKey = (id: string): string => (special.test(id) ? id.replace(specials, encode) : id)

export const idOfKey = (key: string): string =>
  encoded.test(key) ? key.replace(allEncoded, (pair) => decode(pair)) : key

// oxlint-disable no-control-regex
const special = /[\u0000\u0001\ud800-\udfff\ue000\ue001]/
const specials = /[\u0000\u0001\ud800-\udfff\ue000\ue001]/g
const encoded = /[\u0001\ue000\ue001]/
const allEncoded = /[\u0001\ue000\ue001][^]/g
// oxlint-enable no-control-regex

function encode(unit: string): string {
  const code = unit.charCodeAt(0)
  if (code <= 1) return `\u0001${String.fromCharCode(code + 1)}`
  if (code >= 0xe000) return `\ue001${String.fromCharCode(code - 0xe000 + 1)}`
  return `\ue000${String.fromCharCode(code - 0xd800 + 2)}`
}

function decode(pair: string): string {
  const code = pair.charCodeAt(1)
  if (pair[0] === '\u0001') return String.fromCharCode(code - 1)
  return String.fromCharCode(pair[0] === '\ue001' ? code - 1 + 0xe000 : code - 2 + 0xd800)
}
