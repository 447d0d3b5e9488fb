import { readFile } from 'node:fs/promises'
import { parse as parseToml, TomlError } from 'smol-toml'
import { Failure } from './failure.ts'

interface Subject {
  /** What the file is, in words: `the severity map`. */
  readonly name: string
  /** What a line of it looks like. */
  readonly hint: string
}

/** Reads a file that is one table, in TOML or JSON. Throws a {@link Failure} that names the place of what is wrong. */
export async function readToml(path: string, { name, hint }: Subject): Promise<Record<string, unknown>> {
  const fault = (message: string, cause?: unknown) => new Failure('usage', message, { hint, cause })
  const text = await readFile(path)
    .then((bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    .catch((error: unknown) => {
      const message = error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message
      throw fault(`${name} ${path} can't be read: ${message}`, error)
    })
  const isJson = path.endsWith('.json') || /^\s*\{/.test(text)
  let value: unknown
  try {
    value = isJson ? JSON.parse(text) : parseToml(text)
  } catch (error) {
    if (error instanceof TomlError) {
      const [problem = 'not TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
      throw fault(`${path}:${error.line}:${error.column}: ${problem}`, error)
    }
    throw fault(`${path} is not JSON: ${(error as Error).message}`, error)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw fault(`${path} must be one object of words and what they mean`)
}
