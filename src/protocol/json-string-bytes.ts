/** Bytes that a text takes inside a JSON string, in UTF-8. */
export const jsonStringBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2
