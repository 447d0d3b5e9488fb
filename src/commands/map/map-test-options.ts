/** What `iops map test` is asked to try. */
export interface MapTestOptions {
  readonly file: string
  /** The source to try; needed where the file has several. */
  readonly source?: string
  readonly json?: boolean
}
