// What unpacks an image on its way: gzip by Node itself, xz and zstd by their commands.
import { Duplex, type Transform } from 'node:stream'
import type { ChildRecorder } from '../command.js'
import { startFilter } from './filter.js'

export type Decompressor = {
  readonly stream: Duplex | Transform
  /** Resolves when all was unpacked; throws what the command has to say. */
  ended(): Promise<void>
  /** Why the stream broke, where the command knows better than `error`; it has ended then. */
  failure(error: unknown): Promise<unknown>
}

/** `gz`, `xz` or `zst`. Both commands check what they unpack, and take nothing behind it. */
export const decompressor = async (packing: string, children: ChildRecorder | undefined): Promise<Decompressor> => {
  if (packing === 'gz') {
    const { createGunzip } = await import('node:zlib')
    return { stream: createGunzip(), ended: async () => undefined, failure: async error => error }
  }
  const filter = startFilter(packing === 'xz' ? ['xz', '-dc'] : ['zstd', '-dcq'], children, 'pipe')
  const { stdin, stdout } = filter
  if (stdout === null) throw new Error('bug: a filter without output')
  return {
    stream: Duplex.from({ writable: stdin, readable: stdout }),
    ended: filter.ended,
    failure: filter.failure,
  }
}
