import { createHash, timingSafeEqual } from 'node:crypto'
import { HttpFault } from '../../fault/http-fault.ts'

/** Throws 401 unless the header carries the bearer token. */
export type Authorize = (authorization: string | undefined) => void

/** Everyone is let in when there is no token. Takes the same time for every wrong one. */
export function createAuthorize(token: string | undefined): Authorize {
  if (token === undefined) return () => {}
  const wanted = digest(token)
  return (authorization) => {
    const [, given] = /^bearer +([^ ]+) *$/i.exec(authorization ?? '') ?? []
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return
    const message =
      given === undefined ? 'Send the bearer token of this server.' : 'The bearer token is not right.'
    throw new HttpFault(401, 'unauthorized', message, {
      headers: {
        'www-authenticate': `Bearer realm="iops"${given === undefined ? '' : ', error="invalid_token"'}`,
      },
    })
  }
}

const digest = (token: string) => createHash('sha256').update(token).digest()
