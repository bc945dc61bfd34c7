// What is kept of a program's code: V8's own bytes and the ways (ways.ts) of which they have the code, behind a digest of them and of
// the source. V8 looks at nothing of the source but its length, and takes damaged code as it is.
import { createHash, getFips } from 'node:crypto'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'

const digestSize = 64

export type KeptCode = { readonly code: Buffer; readonly ways: readonly string[] }

/** The code that was kept of this very source; undefined where there is none, or only damaged. */
export const readCode = (file: string, source: Buffer): KeptCode | undefined => {
  const kept = withoutDisk(() => (isOwn(dirname(file)) ? readFileSync(file) : undefined))
  const content = kept?.subarray(digestSize)
  if (kept === undefined || content === undefined || content.length === 0) return undefined
  if (!digestOf(content, source).equals(kept.subarray(0, digestSize))) return undefined
  const end = content.length - 1
  const start = end - (content[end] ?? 0)
  const ways = content.toString('utf8', start, end).match(/\S+/g) ?? []
  // At the beginning, where V8 can take it as it lies in memory.
  return { code: content.subarray(0, start), ways }
}

export const keepCode = (file: string, source: Buffer, { code, ways }: KeptCode): void => {
  const words = Buffer.from(ways.join(' '))
  const content = Buffer.concat([code, words, Buffer.from([words.length])])
  withoutDisk(() => {
    if (!isOwn(dirname(file))) return
    writeFileSync(`${file}.new`, Buffer.concat([digestOf(content, source), content]), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  })
}

/**
 * BLAKE2b: where the processor has no instructions for SHA-256, as many a server, that takes three times as long. In FIPS mode
 * OpenSSL has no BLAKE2b.
 */
const digestOf = (content: Buffer, source: Buffer): Buffer =>
  createHash(getFips() === 0 ? 'blake2b512' : 'sha512')
    .update(source)
    .update(content)
    .digest()

/** Whoever may write there may have any code run: a digest keeps nobody from making another one. */
const isOwn = (directory: string): boolean => {
  if (!isAbsolute(directory)) return false
  const { uid, mode } = statSync(directory)
  return uid === process.geteuid?.() && (mode & 0o022) === 0
}

/** A cache that is not there, is not to be read or is on a full disk costs time and nothing else. */
const withoutDisk = <Result>(work: () => Result): Result | undefined => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined
    throw error
  }
}
