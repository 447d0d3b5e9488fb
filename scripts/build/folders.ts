import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
export const outputDirectory = join(root, 'dist')
