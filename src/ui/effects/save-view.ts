import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeInsight } from '../../protocol/insight/encode.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { jsonSafe } from '../../text/sanitize.ts'

/**
 * Writes the alerts as NDJSON into a new file of that directory, never over another one. Resolves
 * with the file's path.
 */
export async function saveView(insights: Iterable<Insight>, directory: string, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  for (let attempt = 0; ; attempt++) {
    const path = join(directory, `iops-${stamp}${attempt > 0 ? `-${attempt}` : ''}.ndjson`)
    try {
      const file = await open(path, 'wx')
      try {
        await file.writeFile(lines(insights))
      } finally {
        await file.close()
      }
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 100) throw error
    }
  }
}

function* lines(insights: Iterable<Insight>): Generator<string> {
  for (const insight of insights) yield `${jsonSafe(encodeInsight(insight))}\n`
}
