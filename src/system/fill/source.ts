// Where an image comes from: a file of the machine or an http(s) URL, as a stream of bytes.
import { open, readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { download } from '../http.js'
import type { FillOptions } from './fill.js'

/** 1 MiB: fewer, larger reads than Node's own 64 KiB. */
const chunk = 1024 ** 2

export const openSource = async (source: string, options: FillOptions): Promise<Readable> => {
  const { pathOf, caFile, signal } = options
  if (/^https?:\/\//i.test(source)) {
    const ca = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') }
    return download(new URL(source), { ...ca, ...(signal && { signal }) })
  }
  const file = await open(pathOf(source), 'r')
  return file.createReadStream({ highWaterMark: chunk })
}
