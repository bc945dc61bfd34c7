// fetch: the document's bytes and its seal, from files, as they are: nothing is parsed here, for nothing is trusted
// yet. First phase of a run; what it returns goes to verify.
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { digestOf, parseSeal } from '../model/seal.js'
import { DocumentRejected } from './document-rejected.js'

export type Fetched = {
  /** The file's path, for messages. */
  readonly source: string
  readonly bytes: Buffer
  /** The text of the seal beside it; undefined where there is none. */
  readonly seal: string | undefined
}

/** Milliseconds between two readings of a document that does not fit its seal. */
const publicationPause = 500

/**
 * Reads `NAME.json` and, beside it, `NAME.seal`. The two are published one after the other, so a pair that does not
 * fit is read once more. Throws DocumentRejected where there is no document, or one of the two cannot be read.
 */
export const fetchDocument = async (source: string, pause = publicationPause): Promise<Fetched> => {
  const fetched = await readPair(source)
  if (fitsSeal(fetched)) return fetched
  await delay(pause)
  return readPair(source)
}

const readPair = async (source: string): Promise<Fetched> => {
  const bytes = await readIfThere(source)
  if (bytes === undefined) {
    throw new DocumentRejected(
      'document-missing',
      `${source}: no such file`,
      'name the file that `compile --out` wrote',
    )
  }
  const seal = await readIfThere(source.replace(/(\.json)?$/, '.seal'))
  return { source, bytes, seal: seal?.toString() }
}

const fitsSeal = ({ bytes, seal }: Fetched): boolean =>
  seal === undefined || parseSeal(seal)?.sha256 === digestOf(bytes)

const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return undefined
    throw new DocumentRejected('unreadable', `${path}: ${error.message}`, 'name a file that the agent may read')
  }
}
