import { parentPort, workerData } from 'node:worker_threads'
import { doJob, type IndexJob, type IndexPlace } from './index-jobs.ts'
import { IndexWriter } from './index-writer.ts'

const { path, epoch } = workerData as IndexPlace
const writer = new IndexWriter(path, epoch)

/** Answers each job with what went wrong, or undefined. */
parentPort?.on('message', (job: IndexJob) => {
  try {
    doJob(writer, job)
    parentPort?.postMessage(undefined, [])
  } catch (error) {
    parentPort?.postMessage(error instanceof Error ? error.message : String(error), [])
  }
})
