// Builds dist/, whole or not at all: processes may run from it meanwhile.
import { bundle, outputDirectory } from './scripts/build/bundle.ts'
import { publishFiles } from './scripts/build/publish-files.ts'

await publishFiles(outputDirectory, await bundle())
