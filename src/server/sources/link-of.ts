import { limits } from '../../protocol/insight/limits.ts'
import { isWebUrl } from '../../protocol/insight/checks.ts'

/** Whether it can stand as a link in an insight. */
export const isLink = (text: string | undefined): text is string =>
  text !== undefined && text.length <= limits.urlLength && isWebUrl(text)

/** The first of them that is a link. */
export function linkOf(...candidates: (string | undefined)[]): { url?: string } {
  const url = candidates.find(isLink)
  return url === undefined ? {} : { url }
}
