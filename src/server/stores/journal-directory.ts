import { fileURLToPath } from 'node:url'

/** The directory that an address names. `file:DIR` is a path as the shell has it; `file:///DIR` is a URL. */
export function journalDirectory(address: string): string {
  if (/^file:\/\//i.test(address)) return fileURLToPath(address)
  return address.replace(/^file:/i, '')
}
