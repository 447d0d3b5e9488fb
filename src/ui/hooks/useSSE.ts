import { createConnection } from '../../client/connection.ts'
import { createUseSSE, type UseSse, type UseSseOptions } from './create-use-sse.ts'

export type { UseSse, UseSseOptions }

/**
 * The feed in a component. It connects when the component mounts, comes back after every loss as
 * `createFeed` does, resumes by id, and is gone when the component goes. Handlers may change between
 * draws. `lastMessage` is drawn at most ten times a second; `onMessage` gets them all.
 */
export const useSSE: (options: UseSseOptions) => UseSse = createUseSSE((target) =>
  createConnection({ ...target, env: target.env ?? {} }),
)
