import { createHash } from 'node:crypto'
import { encodeInsight } from '../../protocol/insight/encode.ts'
import type { Insight } from '../../protocol/insight/insight.ts'

/** A strong entity tag (RFC 9110, 8.8.3): equal for equal contents, on every server. */
export function entityTag(insight: Insight): string {
  return `"${createHash('sha256').update(encodeInsight(insight)).digest('base64url').slice(0, 22)}"`
}

/** Whether an `If-Match` or `If-None-Match` names the tag; `weak` also takes `W/"…"`. */
export function namesTag(header: string, tag: string, { weak }: { readonly weak: boolean }): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((part) => {
    const given = part.trim()
    return given === tag || (weak && given === `W/${tag}`)
  })
}
