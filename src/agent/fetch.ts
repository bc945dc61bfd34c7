// fetch: the document's bytes and its seal, from the first source that gives them. First phase of a run; what it
// returns goes to verify.
import { digestOf, parseSeal } from '../model/seal.js'
import { DocumentRejected } from './document-rejected.js'
import { pause } from './pause.js'
import { type Fetched, type ReadOptions, readSource } from './source.js'

export type FetchOptions = Omit<ReadOptions, 'fresh'> & {
  /** Milliseconds between two readings of a document that does not fit its seal. */
  readonly retryAfter?: number
}

const publicationPause = 500

/**
 * Reads document and seal from the first of the sources that gives a document: what it gives counts, good or not. The
 * two are published one after the other, so a pair that does not fit is read once more. Throws DocumentRejected where
 * no source gives one.
 */
export const fetchDocument = async (sources: readonly string[], options: FetchOptions = {}): Promise<Fetched> => {
  const failures: DocumentRejected[] = []
  for (const source of sources) {
    try {
      return await readFitting(source, options)
    } catch (error) {
      if (!(error instanceof DocumentRejected)) throw error
      failures.push(error)
    }
  }
  throw together(failures)
}

const readFitting = async (source: string, options: FetchOptions): Promise<Fetched> => {
  const { retryAfter = publicationPause, ...reading } = options
  const fetched = await readSource(source, reading)
  if (fitsSeal(fetched)) return fetched
  await pause(retryAfter, options.signal)
  return readSource(source, { ...reading, fresh: true })
}

const fitsSeal = ({ bytes, seal }: Fetched): boolean =>
  seal === undefined || parseSeal(seal)?.sha256 === digestOf(bytes)

/** One that may answer in a minute makes all of them a matter of time. */
const together = (failures: readonly DocumentRejected[]): DocumentRejected => {
  const worst = failures.find(({ code }) => code === 'unreachable') ?? failures[0]
  if (worst === undefined) throw new Error('bug: a run without a source')
  return new DocumentRejected(worst.code, failures.map(({ message }) => message).join('; '), worst.remedy)
}
