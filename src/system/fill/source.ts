// Where an image comes from: a file of the machine or an http(s) URL, as a stream of bytes.
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { download } from '../http.js'

/** 1 MiB: fewer, larger reads than Node's own 64 KiB. */
const chunk = 1024 ** 2

export const openSource = async (
  source: string,
  pathOf: (path: string) => string,
  signal: AbortSignal | undefined,
): Promise<Readable> => {
  if (/^https?:\/\//i.test(source)) return download(new URL(source), signal)
  const file = await open(pathOf(source), 'r')
  return file.createReadStream({ highWaterMark: chunk })
}
