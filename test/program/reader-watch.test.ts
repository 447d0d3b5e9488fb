import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { watchReader } from '../../src/program/reader-watch.ts'

const isNonBlocking = (fd: number): boolean => {
  const [, flags = '0'] = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? []
  return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0
}

test.skipIf(process.platform !== 'linux')(
  'leaves the pipe non-blocking, so that a full one stops nobody',
  () => {
    const path = join(mkdtempSync(join(tmpdir(), 'iops-test-')), 'pipe')
    execFileSync('mkfifo', [path])
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    const stop = watchReader(fd, () => {})
    try {
      expect(isNonBlocking(fd)).toBe(true)
    } finally {
      stop()
      closeSync(fd)
    }
  },
)
