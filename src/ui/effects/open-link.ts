import { spawn } from 'node:child_process'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Opens an http(s) link with the desktop's own opener. Resolves with words for the person: over SSH,
 * or without a desktop, they are told the link instead.
 */
export function openLink(url: string, env: Env, platform: NodeJS.Platform): Promise<string> {
  const link = httpUrl(url)
  if (!link) return Promise.resolve('that is no http(s) link, so it stays closed')
  const opener = openerFor(env, platform)
  if (!opener) return Promise.resolve(`no desktop here; the link is ${link}`)
  return new Promise((resolve) => {
    // The link is an argument of its own: no shell reads it.
    const child = spawn(opener, [link], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(`${opener} is not there; the link is ${link}`))
    child.once('spawn', () => {
      child.unref()
      resolve(`asked ${opener} to open the link`)
    })
  })
}

function httpUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, href } = new URL(url)
  return protocol === 'http:' || protocol === 'https:' ? href : undefined
}

function openerFor(env: Env, platform: NodeJS.Platform): string | undefined {
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return undefined
  if (env['BROWSER']) return env['BROWSER']
  if (platform === 'darwin') return 'open'
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? 'xdg-open' : undefined
}
