import type { z } from 'zod'

/** A fault in one insight, as a message that follows its path: `risk_score` `must be a number`. */
export interface InsightFault {
  /** Like `labels.team`; empty for the insight itself. */
  readonly path: string
  readonly message: string
}

/** What is wrong with an insight, from what its schema says: every fault, unknown fields one by one. */
export function insightFaults(error: z.ZodError): InsightFault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.')
    if (issue.code !== 'unrecognized_keys') return [{ path, message: messageOf(issue) }]
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: 'is not a field of an insight',
    }))
  })
}

/** "is missing", "must be a number"; the schema's own message where it has one. */
function messageOf(issue: z.core.$ZodIssue): string {
  const { code, message } = issue
  if (code === 'too_big' && issue.origin === 'number') return `must be at most ${issue.maximum}`
  if (code === 'too_small' && issue.origin === 'number') return `must be at least ${issue.minimum}`
  if (code === 'too_small' && issue.origin === 'string') return 'must not be empty'
  if (code !== 'invalid_type') return message.replace(/^Invalid (?:input|option): /, '')
  if (message.endsWith('received undefined')) return 'is missing'
  return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
}
