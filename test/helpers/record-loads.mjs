// Preloaded into a process: writes what it loaded, as JSON, to the file that IOPS_LOADS names.
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const files = []
const own = new Set(process.moduleLoadList)
registerHooks({
  load(url, context, next) {
    files.push(url)
    return next(url, context)
  },
})
process.on('exit', () => {
  const modules = process.moduleLoadList.filter((name) => !own.has(name))
  writeFileSync(process.env.IOPS_LOADS, JSON.stringify({ files, modules }))
})
