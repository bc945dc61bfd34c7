// The published documents and their seals, as they are on disk at the moment of the request: nothing is kept in memory.
// Each is opened once and read from there, so one that is replaced meanwhile is given whole, old or new.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Document } from '../../model/document.js'
import { isMap, parseJson } from '../../model/json.js'
import { hasCode } from '../../system/has-code.js'
import { isKnown, type Reply, textReply } from './reply.js'

/** A file of the directory, by its plain name; 304 where the client has it. Throws what the file system throws. */
export const documentReply = async (
  directory: string,
  file: string,
  ifNoneMatch: string | undefined,
): Promise<Reply> => {
  const opened = await openFile(join(directory, file))
  if (opened === undefined) return textReply(404, `${file} is not published here`)
  try {
    return await replyOf(opened, ifNoneMatch)
  } finally {
    await opened.close()
  }
}

/** What is published of a machine; undefined where nothing is. Throws for what no compiler wrote. */
export const readDocument = async (directory: string, machine: string): Promise<Document | undefined> => {
  const opened = await openFile(join(directory, `${machine}.json`))
  if (opened === undefined) return undefined
  try {
    const document = parseJson(await opened.readFile('utf8'))
    if (isMap(document) && document.name === machine) return document as Document
    throw new Error(`${machine}.json is not the document of ${machine}`)
  } finally {
    await opened.close()
  }
}

/** Undefined where there is none, or a link: it might lead out of the directory. */
const openFile = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ELOOP')) return undefined
    throw error
  }
}

const replyOf = async (file: FileHandle, ifNoneMatch: string | undefined): Promise<Reply> => {
  const stats = await file.stat({ bigint: true })
  if (!stats.isFile()) return textReply(404, 'this is no document')
  // Documents are replaced by others, never written to. Weak, for it is the same of the compressed answer.
  const etag = `W/"${stats.ino}-${stats.size}-${stats.mtimeNs}"`
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache', etag }
  if (isKnown(etag, ifNoneMatch)) return { status: 304, body: '', headers }
  return { status: 200, body: await file.readFile(), headers }
}
