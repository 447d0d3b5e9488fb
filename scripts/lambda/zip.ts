import { zipSync } from 'fflate'

/** A zip archive that depends on nothing but names and contents: sorted, of one time, readable by everyone. */
export function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  // The first time that a zip archive knows, written as local time wherever that is.
  const mtime = new Date(1980, 0, 1)
  const unix = 3
  const entries = Object.keys(files)
    .sort()
    .map((name) => [name, [files[name], { level: 9, mtime, os: unix, attrs: 0o100644 << 16 }]])
  return zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0])
}
