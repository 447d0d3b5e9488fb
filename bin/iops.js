#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 19)) await import('../dist/cli.js')
else {
  console.error(
    `iops needs Node.js 22.19 or newer, and this is ${process.versions.node}: in a checkout run it as "npx iops", elsewhere install a newer Node.js.`,
  )
  process.exitCode = 1
}
