import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runServer } from '../helpers/server.ts'

const dockerfile = readFileSync(new URL('../../deploy/Dockerfile', import.meta.url), 'utf8').replaceAll(
  '\\\n',
  '',
)

test('the health check tells a server that answers from one that is gone', async () => {
  const [, written = ''] = /^HEALTHCHECK .*?CMD (\[.*\])$/m.exec(dockerfile) ?? []
  const [shell = '', ...args] = JSON.parse(written) as string[]
  const server = await runServer()
  const { port } = new URL(server.url)
  const script = args.map((argument) => argument.replace('/4677', `/${port}`))
  const check = () =>
    new Promise<number>((resolve) => {
      const child = spawn(shell, script, { stdio: 'ignore' })
      child.on('exit', (code) => resolve(code ?? -1))
    })
  expect(await check()).toBe(0)
  await server.close()
  expect(await check()).not.toBe(0)
})

test('runs as nobody’s user, and starts as a service does', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(last).toMatch(/^USER 65532:65532$/m)
  expect(last).toMatch(/^ENTRYPOINT \["\/usr\/local\/bin\/iops"\]$/m)
  expect(last).toContain('--from=build')
})
