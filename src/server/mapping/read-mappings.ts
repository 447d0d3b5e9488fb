import { Failure } from '../../program/failure.ts'
import { readToml } from '../../program/read-toml.ts'
import { severityMapOf } from '../sources/severity-map.ts'
import { sources } from '../sources/sources.ts'
import { createMappedSource, type MappedSource } from './mapped-source.ts'
import { MappingFile } from './mapping.ts'

export interface Mappings {
  readonly sources: Readonly<Record<string, MappedSource>>
  /** The words of `[severity]`, which hold for every source. */
  readonly severityMap: ReadonlyMap<string, number>
}

const hint = 'a source is a table [sources.NAME] with lines like entity_id = "detail.host"'

/** Reads a file of sources. Throws a {@link Failure} that names the line, or the field, of what is wrong. */
export async function readMappings(path: string): Promise<Mappings> {
  const { success, data, error } = MappingFile.safeParse(
    await readToml(path, { name: 'the sources file', hint }),
  )
  if (!success) {
    const [issue] = error.issues
    const where = (issue?.path ?? []).map(String).join('.')
    throw new Failure('usage', `${path}: ${`${where} ${issue?.message ?? ''}`.trim()}`, { hint })
  }
  const severityMap = severityMapOf(data.severity ?? {}, path)
  const entries = Object.entries(data.sources).map(([name, mapping]) => {
    if (Object.hasOwn(sources, name))
      throw new Failure('usage', `${path}: ${name} is a source of its own already; take another name`)
    const own = severityMapOf(mapping.severities ?? {}, `${path}: sources.${name}.severities`)
    return [name, createMappedSource(name, mapping, own)] as const
  })
  if (entries.length === 0) throw new Failure('usage', `${path} has no [sources.NAME]`, { hint })
  return { sources: Object.fromEntries(entries), severityMap }
}
