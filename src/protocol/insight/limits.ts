/** Bounds at ingest. Lengths are in UTF-16 code units, sizes in bytes of UTF-8. */
export const limits = {
  idLength: 256,
  typeLength: 128,
  explanationBytes: 8192,
  recommendations: 32,
  recommendationBytes: 2048,
  modelLength: 256,
  noteBytes: 1024,
  sourceLength: 128,
  labels: 64,
  labelBytes: 2048,
  urlLength: 2048,
  batchItems: 1000,
  bodyBytes: 1024 * 1024,
} as const
