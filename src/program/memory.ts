import { setFlagsFromString } from 'node:v8'

/**
 * Lets the young part of the heap grow no further than it has up to now. V8 takes up to 64 MB for it under
 * load, and collects it so late that the buffers which its objects hold on to pile up as well.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * Keeps the memory of a program that is open for days near what it holds. Left alone, V8 lets a
 * feed of thousands a second pile up four times that before it collects; this costs some processor
 * time under such a load, and nothing when idle.
 */
export function keepHeapSmall(): void {
  keepYoungHeapSmall()
  setFlagsFromString('--heap-growing-percent=10')
}
