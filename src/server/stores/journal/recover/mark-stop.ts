import { basename } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { writeManifest } from '../format/manifest.ts'
import type { DurableLog } from '../index/durable-log.ts'

/** Notes where the log ends, so that whatever differs when it is opened again is known for damage. */
export function markStop(directory: string, log: DurableLog, logger: Logger): void {
  const { active, manifest, head } = log
  const crc32 = active.count > 0 ? log.headChecksum : ''
  try {
    const stop = { segment: basename(active.path), size: active.size, sequence: head, crc32 }
    writeManifest(directory, { ...manifest, stop })
  } catch (error) {
    logger('warn', 'the journal was closed without a note of where it ends', { reason: String(error) })
  }
}
