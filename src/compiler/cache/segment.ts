// Lines in a file that never changes: sorted, in blocks, each with its digest, and behind them a table of the blocks. Who asks
// for a few lines reads a few blocks.
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { parseJson } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { encode } from '../encode.js'
import { firstFrom, type Lines, sortedLines } from './lines.js'

/** What is kept is damaged, or gone meanwhile. */
export class NotWhole extends Error {
  override readonly name = 'NotWhole'
}

/** What comes of reading; undefined where what is kept is not whole. */
export const ifWhole = <Result>(read: () => Result): Result | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof NotWhole) return undefined
    throw error
  }
}

/** A piece of a file, and what tells its content from any other. */
type Piece = { readonly at: number; readonly length: number; readonly digest: string }

/** A part of the lines, and the first of them. */
type Block = Piece & { readonly first: string }

/** Where the table is. */
export type Segment = Piece

/** Bytes, about. */
const blockSize = 1 << 16

/** Writes sorted lines. */
export const writeSegment = (path: string, lines: readonly string[]): Segment => {
  const file = openSync(path, 'w', 0o600)
  try {
    let at = 0
    const write = (text: string): Piece => {
      const bytes = encode(text)
      writeFileSync(file, bytes)
      at += bytes.length
      return { at: at - bytes.length, length: bytes.length, digest: digestOf(bytes) }
    }
    const blocks = inBlocks(lines).map((some): Block => ({ first: some[0] ?? '', ...write(some.join('\n')) }))
    return write(JSON.stringify(blocks))
  } finally {
    closeSync(file)
  }
}

const inBlocks = (lines: readonly string[]): readonly (readonly string[])[] => {
  const blocks: string[][] = []
  let size = blockSize
  for (const line of lines) {
    if (size >= blockSize) {
      blocks.push([])
      size = 0
    }
    blocks.at(-1)?.push(line)
    size += line.length + 1
  }
  return blocks
}

/** What was written; asking for lines throws NotWhole where they are not there as they were written. */
export const openSegment = (path: string, segment: Segment): Lines => {
  let table: readonly Block[] | undefined
  let firsts: readonly string[] = []
  const read = new Map<Block, readonly string[]>()
  const blocks = (): readonly Block[] => {
    if (table === undefined) {
      table = parseJson(readPiece(path, segment)) as unknown as readonly Block[]
      firsts = table.map(({ first }) => first)
    }
    return table
  }
  const linesIn = (block: Block): readonly string[] => {
    const lines = read.get(block) ?? readPiece(path, block).split('\n')
    read.set(block, lines)
    return lines
  }
  return {
    startingWith: beginning => {
      const all = blocks()
      const found: string[] = []
      for (let index = Math.max(0, firstFrom(firsts, beginning) - 1); index < all.length; index += 1) {
        const block = all[index]
        if (block === undefined || (block.first > beginning && !block.first.startsWith(beginning))) break
        found.push(...sortedLines(linesIn(block)).startingWith(beginning))
      }
      return found
    },
  }
}

const readPiece = (path: string, { at, length, digest }: Piece): string => {
  const bytes = Buffer.alloc(length)
  try {
    const file = openSync(path, 'r')
    try {
      readSync(file, bytes, 0, length, at)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new NotWhole(`${path} cannot be read`, { cause: error })
  }
  if (digestOf(bytes) !== digest) throw new NotWhole(`${path} is damaged`)
  return bytes.toString()
}
