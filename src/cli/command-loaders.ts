import type { CommandFactory } from './build-program.ts'
import type { CommandName } from './command-table.ts'

/** Loads a command's file, and nothing of the others'. */
export const commandLoaders: Readonly<Record<CommandName, () => Promise<CommandFactory>>> = {
  watch: async () => (await import('../commands/watch.ts')).watchCommand,
  recent: async () => (await import('../commands/recent.ts')).recentCommand,
  get: async () => (await import('../commands/get.ts')).getCommand,
  stats: async () => (await import('../commands/stats.ts')).statsCommand,
  publish: async () => (await import('../commands/publish.ts')).publishCommand,
  ack: async () => (await import('../commands/ack.ts')).ackCommand,
  resolve: async () => (await import('../commands/resolve.ts')).resolveCommand,
  reopen: async () => (await import('../commands/reopen.ts')).reopenCommand,
  simulate: async () => (await import('../commands/simulate.ts')).simulateCommand,
  demo: async () => (await import('../commands/demo.ts')).demoCommand,
  store: async () => (await import('../commands/store.ts')).storeCommand,
  map: async () => (await import('../commands/map.ts')).mapCommand,
  serve: async () => (await import('../commands/serve.ts')).serveCommand,
  journal: async () => (await import('../commands/journal.ts')).journalCommand,
  doctor: async () => (await import('../commands/doctor.ts')).doctorCommand,
  config: async () => (await import('../commands/config.ts')).configCommand,
  completion: async () => (await import('../commands/completion.ts')).completionCommand,
  version: async () => (await import('../commands/version.ts')).versionCommand,
}
