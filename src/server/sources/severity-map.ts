import { readFile } from 'node:fs/promises'
import { parse as parseToml, TomlError } from 'smol-toml'
import { Failure } from '../../program/failure.ts'
import { isRisk, type Severity } from '../../protocol/severity.ts'
import { wordKey } from './severity-scale.ts'

const riskOf: Readonly<Record<Severity, number>> = { critical: 90, warning: 70, info: 30 }
const form = 'a line is like P1 = "critical" or ticket = 40'

/**
 * Reads a file of severity words, TOML or JSON: each is a risk from 0 to 100 or `critical`, `warning` or
 * `info`; the empty word stands for alerts without one. Throws a {@link Failure} that names what is wrong.
 */
export async function readSeverityMap(path: string): Promise<ReadonlyMap<string, number>> {
  const map = new Map<string, number>()
  for (const [word, value] of Object.entries(parse(await readText(path), path))) {
    const key = wordKey(word)
    const risk = isSeverity(value) ? riskOf[value] : value
    if (!isRisk(risk))
      throw fault(`${path}: ${quoted(word)} must be a number from 0 to 100, "critical", "warning" or "info"`)
    if ((map.get(key) ?? risk) !== risk) throw fault(`${path}: ${quoted(word)} stands there twice`)
    map.set(key, risk)
  }
  return map
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    const message = error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message
    throw fault(`the severity map ${path} can't be read: ${message}`, error)
  }
}

function parse(text: string, path: string): object {
  const isJson = path.endsWith('.json') || /^\s*\{/.test(text)
  const value = isJson ? parseJson(text, path) : parseTable(text, path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw fault(`${path} must be one object of words and what they mean`)
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw fault(`${path} is not JSON: ${(error as Error).message}`, error)
  }
}

function parseTable(text: string, path: string): unknown {
  try {
    return parseToml(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [problem = 'not TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
    throw fault(`${path}:${error.line}:${error.column}: ${problem}`, error)
  }
}

const fault = (message: string, cause?: unknown) => new Failure('usage', message, { hint: form, cause })
const quoted = (word: string) => JSON.stringify(word.slice(0, 80))
const isSeverity = (value: unknown): value is Severity =>
  typeof value === 'string' && Object.hasOwn(riskOf, value)
