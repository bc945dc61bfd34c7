// Fills a device or file of this machine with an image, in a stream: source -> digest -> unpack -> target. Whatever goes
// wrong is a CommandFailed, and leaves the target half written: who asked for it keeps in mind that it is.
import { createHash, type Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandFailed, type Fill } from '../../model/system.js'
import type { ChildRecorder } from '../command.js'
import { fillFilesystem } from './filesystem.js'
import { fillRaw } from './raw.js'
import { openSource } from './source.js'
import { decompressor } from './unpack.js'

export type FillOptions = {
  /** The machine's own path of a file that the fill names. */
  readonly pathOf: (path: string) => string
  readonly children: ChildRecorder | undefined
  /** Further certificate authorities (PEM) for https, beside those of the machine. */
  readonly caFile: string | undefined
  readonly signal: AbortSignal | undefined
}

/** Where the unpacked bytes go; it reads all of them. */
export type Sink = (unpacked: AsyncIterable<Buffer>) => Promise<void>

/** Pours the image into a sink: resolves when the whole source was read and is what its digest says. */
export type Pour = (sink: Sink) => Promise<void>

/** Throws CommandFailed, and the signal's reason where it is aborted. */
export const fillTarget = async (fill: Fill, options: FillOptions): Promise<void> => {
  const target = options.pathOf(fill.target)
  const [kind, packing] = fill.unpack.split('.')
  const pour: Pour = sink => pourInto(sink, fill, packing, options)
  try {
    if (kind === 'raw') await fillRaw(target, pour, options)
    else await fillFilesystem(target, fill.filesystem ?? 'ext4', pour, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFailed(['fill', fill.target], {
      reason: `from ${shownSource(fill.source)}: ${reason}`,
      cause: error,
    })
  }
}

/** A URL may hold a password. */
const shownSource = (source: string): string => {
  if (!URL.canParse(source)) return source
  const { protocol, host, pathname } = new URL(source)
  return `${protocol}//${host}${pathname}`
}

const pourInto = async (sink: Sink, fill: Fill, packing: string | undefined, options: FillOptions): Promise<void> => {
  const { signal, children } = options
  const hash = createHash('sha256')
  const source = await openSource(fill.source, options)
  const unpack = packing === undefined ? undefined : await decompressor(packing, children)
  try {
    await (unpack === undefined
      ? pipeline(source, digesting(hash), sink, { signal })
      : pipeline(source, digesting(hash), unpack.stream, sink, { signal }))
    await unpack?.ended()
  } catch (error) {
    throw (await unpack?.failure(error)) ?? error
  }
  const digest = hash.digest('hex')
  if (digest !== fill.sha256) throw new Error(`its sha256 is ${digest}, declared ${fill.sha256}`)
}

const digesting = (hash: Hash) =>
  async function* (chunks: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
