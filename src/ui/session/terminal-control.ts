/** What only Ink can do for us, once it is mounted. */
export interface TerminalControl {
  /** Gives the terminal back while `pause` runs, then takes it again and draws everything anew. */
  suspend(pause: () => void | Promise<void>): Promise<void>
}
