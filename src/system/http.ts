// HTTP: one GET of a document, bounded in time, size and redirects, asked conditionally where an earlier answer is kept;
// or of an image, as a stream. Node's own modules alone, loaded at the first URL: a run from a file pays for none of them.
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { SecureContext } from 'node:tls'

/** What a server gave to be asked with the next time (RFC 9110, 13.1). */
export type Validator = { readonly etag?: string; readonly lastModified?: string }

export type Answer =
  | { readonly kind: 'body'; readonly body: Buffer; readonly validator: Validator }
  /** Still what the validator was given for (304). */
  | { readonly kind: 'unchanged' }

export type GetOptions = {
  /** Bytes, after decompression. */
  readonly maxSize: number
  /** Asks for an answer only where it is another one than this was given with. */
  readonly validator?: Validator
  /** Caches on the way are to ask the server themselves. */
  readonly fresh?: boolean
  /** Further certificate authorities (PEM), beside those of the machine. */
  readonly ca?: string
  readonly limits?: Partial<Limits>
  readonly signal?: AbortSignal
}

export type Limits = {
  /** Milliseconds in which nothing comes. */
  readonly silence: number
  /** Milliseconds for all of it, redirects too. */
  readonly total: number
}

const defaultLimits: Limits = { silence: 10_000, total: 60_000 }
const maxRedirects = 5

/** No answer that can be used: the server cannot be reached, is slow, or says so itself (`status`). */
export class HttpFailed extends Error {
  override readonly name = 'HttpFailed'
  readonly status: number | undefined

  constructor(url: URL, reason: string, details: { status?: number; cause?: unknown } = {}) {
    super(`${shownUrl(url)}: ${reason}`, { cause: details.cause })
    this.status = details.status
  }
}

/** A URL for people and journals: user, password and query may be secrets. */
export const shownUrl = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`

/** GETs a URL. Throws HttpFailed, and the signal's reason where it is aborted. */
export const get = async (url: URL, options: GetOptions): Promise<Answer> => {
  const limits = { ...defaultLimits, ...options.limits }
  const deadline = AbortSignal.timeout(limits.total)
  const signal = AbortSignal.any([deadline, ...(options.signal === undefined ? [] : [options.signal])])
  try {
    return await answerOf(url, options, limits, signal)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof HttpFailed) throw error
    const reason = deadline.aborted ? `no whole answer within ${limits.total / 1000} s` : reasonOf(error)
    throw new HttpFailed(url, reason, { cause: error })
  }
}

/** Milliseconds: an image takes as long as it takes, but it keeps coming. */
const downloadSilence = 60_000

/** GETs a URL as a stream of bytes, which ends with an error where they stop coming. Throws HttpFailed. */
export const download = async (url: URL, options: Pick<GetOptions, 'ca' | 'signal'> = {}): Promise<Readable> => {
  const { ca, signal } = options
  try {
    const request = { headers: { 'accept-encoding': 'identity' }, silence: downloadSilence, ca, signal }
    const { response } = await follow(url, request)
    return response
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof HttpFailed) throw error
    throw new HttpFailed(url, reasonOf(error), { cause: error })
  }
}

const answerOf = async (url: URL, options: GetOptions, limits: Limits, signal: AbortSignal): Promise<Answer> => {
  const request = { headers: headersOf(options), silence: limits.silence, ca: options.ca, signal }
  const { at, response } = await follow(url, request, options.validator === undefined ? [200] : [200, 304])
  if (response.statusCode === 304) {
    response.destroy()
    return { kind: 'unchanged' }
  }
  const { etag, 'last-modified': lastModified } = response.headers
  const validator = { ...(etag && { etag }), ...(lastModified && { lastModified }) }
  return { kind: 'body', body: await readBody(at, response, options.maxSize), validator }
}

type Request = {
  readonly headers: Record<string, string>
  readonly silence: number
  readonly ca?: string | undefined
  readonly signal: AbortSignal | undefined
}

/** The first answer that is no redirect, and where it is from; one with another status than expected is an error. */
const follow = async (
  url: URL,
  request: Request,
  expected: readonly number[] = [200],
): Promise<{ readonly at: URL; readonly response: IncomingMessage }> => {
  let at = url
  for (let hops = 0; hops <= maxRedirects; hops += 1) {
    const response = await send(at, request)
    const { statusCode: status = 0, headers } = response
    if (expected.includes(status)) return { at, response }
    response.destroy()
    if (![301, 302, 303, 307, 308].includes(status) || headers.location === undefined) {
      throw new HttpFailed(url, `the server answers ${status} ${response.statusMessage ?? ''}`.trim(), { status })
    }
    at = redirected(at, headers.location)
  }
  throw new HttpFailed(url, `more than ${maxRedirects} redirects`)
}

/** A redirect does not lead from https to plain text, nor out of HTTP; credentials stay behind. */
const redirected = (from: URL, location: string): URL => {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  const allowed = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:']
  if (to === undefined || !allowed.includes(to.protocol)) {
    throw new HttpFailed(
      from,
      `redirected to ${to === undefined ? location : shownUrl(to)}, where the agent does not go`,
    )
  }
  return to
}

const userAgent = 'xenclosure-agent'

const send = async (url: URL, { headers, silence, ca, signal }: Request): Promise<IncomingMessage> => {
  const isSecure = url.protocol === 'https:'
  const { request } = isSecure ? await import('node:https') : await import('node:http')
  const secure = isSecure ? { secureContext: await secureContextOf(ca) } : {}
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      headers: { 'user-agent': userAgent, ...headers },
      agent: false,
      ...(signal && { signal }),
      timeout: silence,
      ...secure,
    })
    asked.once('timeout', () => asked.destroy(new Error(`silent for ${silence / 1000} s`)))
    asked.once('error', reject).once('response', resolve).end()
  })
}

const headersOf = ({ validator = {}, fresh = false }: GetOptions): Record<string, string> => ({
  accept: 'application/json, */*',
  'accept-encoding': 'gzip',
  ...(validator.etag === undefined ? {} : { 'if-none-match': validator.etag }),
  ...(validator.lastModified === undefined ? {} : { 'if-modified-since': validator.lastModified }),
  ...(fresh ? { 'cache-control': 'no-cache' } : {}),
})

/** The size counts after decompression, while it comes: a small answer can unpack to any size. */
const readBody = async (url: URL, response: IncomingMessage, maxSize: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await decoded(url, response)) {
    size += chunk.length
    if (size > maxSize) throw new HttpFailed(url, `larger than ${maxSize} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const decoded = async (url: URL, response: IncomingMessage): Promise<AsyncIterable<Buffer>> => {
  const encoding = response.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return response
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new HttpFailed(url, `encoded as ${encoding}, expected gzip`)
  const { createGunzip } = await import('node:zlib')
  const unpacked = createGunzip()
  response.on('error', error => unpacked.destroy(error)).pipe(unpacked)
  return unpacked
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))

/** Where distributions keep the certificate authorities that they trust: Debian, Red Hat, SUSE. */
const systemAuthorities = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
]

/** Reading 140 authorities takes 50 ms of CPU: a process that stays does it once for each `--ca`, and after each change of theirs. */
let known: { readonly key: string; readonly context: SecureContext } | undefined

/** `bundles`: the first that is there counts, and where none is, what Node brings along. */
export const secureContextOf = async (
  ca: string | undefined,
  bundles: readonly string[] = systemAuthorities,
): Promise<SecureContext> => {
  const bundle = bundles.find(path => existsSync(path))
  const key = JSON.stringify([ca, bundle, bundle === undefined ? undefined : editionOf(bundle)])
  if (known !== undefined && known.key === key) return known.context
  const { createSecureContext, rootCertificates } = await import('node:tls')
  const authorities = bundle === undefined ? rootCertificates : [readFileSync(bundle, 'utf8')]
  const context = createSecureContext({ ca: [...authorities, ...(ca === undefined ? [] : [ca])] })
  known = { key, context }
  return context
}

/** update-ca-certificates(8) puts another file in its place. */
const editionOf = (path: string): readonly number[] => {
  const { ino, mtimeMs, size } = statSync(path)
  return [ino, mtimeMs, size]
}
