import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate extends AsyncDisposable {
  readonly key: string
  readonly cert: string
  /** The PEM file of the certificate. */
  readonly file: string
}

/** A self-signed certificate for one name and 127.0.0.1, made by openssl. */
export async function makeCertificate(name: string): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'iops-tls-'))
  const key = join(folder, 'key.pem')
  const file = join(folder, 'cert.pem')
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ]
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`]
  await promisify(execFile)('openssl', [...request, ...subject, '-keyout', key, '-out', file])
  return {
    key: await readFile(key, 'utf8'),
    cert: await readFile(file, 'utf8'),
    file,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
