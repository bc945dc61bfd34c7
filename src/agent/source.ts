// One place that a document is read from: a file or an http(s) URL, and beside it its seal. Part of fetch, which knows
// the order of several.
import { readFile } from 'node:fs/promises'
import { type Answer, get, HttpFailed, type Limits, shownUrl, type Validator } from '../system/http.js'
import { whyUnreadable } from '../system/unreadable.js'
import { DocumentRejected } from './document-rejected.js'

/** A document and its seal as they are: nothing is parsed here, for nothing is trusted yet. */
export type Pair = {
  /** Where it is from, for messages. */
  readonly source: string
  readonly bytes: Buffer
  /** The text of the seal beside it; undefined where there is none. */
  readonly seal: string | undefined
}

export type Fetched = Pair & {
  /** The source as it was named; of a URL, a user, a password and the query belong to it. */
  readonly from: string
  /** What the server is asked with the next time; undefined for a file. */
  readonly validators: Validators | undefined
}

export type Validators = { readonly document: Validator; readonly seal: Validator }

/** A pair that is at hand, and what its server gave with it. */
export type Kept = Pick<Pair, 'bytes' | 'seal'> & { readonly from: string; readonly validators: Validators }

export type ReadOptions = {
  /** What is at hand; counts where it is from this source. */
  readonly kept?: Kept
  /** Reads as if nothing was kept, by the agent or by a cache on the way. */
  readonly fresh?: boolean
  readonly ca?: string
  readonly limits?: Partial<Limits>
  readonly signal?: AbortSignal
}

/** 64 MiB: a thousand guests make 4. */
const maxDocument = 64 * 1024 ** 2
const maxSeal = 64 * 1024

/** What `--document` names as a URL; undefined where it is a file's path. */
export const urlOf = (source: string): URL | undefined =>
  /^https?:\/\//i.test(source) && URL.canParse(source) ? new URL(source) : undefined

/** Reads document and seal. Throws DocumentRejected where the source gives no document. */
export const readSource = (source: string, options: ReadOptions): Promise<Fetched> => {
  const url = urlOf(source)
  return url === undefined ? readFiles(source) : readUrl(source, url, options)
}

/** `NAME.seal` beside `NAME.json`. */
const sealBeside = (path: string): string => path.replace(/(\.json)?$/, '.seal')

const readFiles = async (path: string): Promise<Fetched> => {
  const bytes = await readIfThere(path)
  if (bytes === undefined) {
    throw new DocumentRejected('document-missing', `${path}: no such file`, 'name the file that `compile --out` wrote')
  }
  const seal = await readIfThere(sealBeside(path))
  return { source: path, from: path, bytes, seal: seal?.toString(), validators: undefined }
}

const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return undefined
    throw new DocumentRejected('unreadable', `${path}: ${whyUnreadable(error)}`, 'name a file that the agent may read')
  }
}

const readUrl = async (from: string, url: URL, options: ReadOptions): Promise<Fetched> => {
  const { kept, fresh = false, ...rest } = options
  const before = fresh || kept?.from !== from ? undefined : kept
  const ask = (at: URL, maxSize: number, validator: Validator | undefined): Promise<Answer> =>
    get(at, { ...rest, fresh, maxSize, ...(validator === undefined ? {} : { validator }) })
  const document = await ask(url, maxDocument, before?.validators.document).catch(rejectAs)
  const seal = await ask(sealUrl(url), maxSeal, before?.validators.seal).catch(error => {
    if (error instanceof HttpFailed && isAbsent(error)) return undefined
    return rejectAs(error)
  })
  return {
    source: shownUrl(url),
    from,
    bytes: document.kind === 'body' ? document.body : bytesOf(before),
    seal: seal?.kind === 'unchanged' ? before?.seal : seal?.body.toString(),
    validators: {
      document: validatorOf(document, before?.validators.document),
      seal: seal === undefined ? {} : validatorOf(seal, before?.validators.seal),
    },
  }
}

const sealUrl = (url: URL): URL => {
  const seal = new URL(url)
  seal.pathname = sealBeside(url.pathname)
  return seal
}

const isAbsent = ({ status }: HttpFailed): boolean => status === 404 || status === 410

const bytesOf = (kept: Kept | undefined): Buffer => {
  if (kept === undefined) throw new Error('bug: unchanged, and nothing is kept')
  return kept.bytes
}

const validatorOf = (answer: Answer, before: Validator = {}): Validator =>
  answer.kind === 'body' ? answer.validator : before

/** That there is none, or not for us, is the server's word; everything else may be otherwise in a minute. */
const rejectAs = (error: unknown): never => {
  if (!(error instanceof HttpFailed)) throw error
  if (isAbsent(error)) {
    throw new DocumentRejected('document-missing', error.message, 'publish the site there, or name another URL')
  }
  if (error.status === 401 || error.status === 403) {
    throw new DocumentRejected('unreadable', error.message, 'let this host read it')
  }
  throw new DocumentRejected('unreachable', error.message, 'the next run asks again')
}
