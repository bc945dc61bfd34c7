// What is said to a request, as data. Pure.
import type { FileHandle } from 'node:fs/promises'

export type Reply = {
  readonly status: number
  readonly body: string | Buffer | FileBody
  readonly headers: { readonly [name: string]: string }
  /** Why it is refused, or failed: for the log, where the answer itself does not say it. */
  readonly reason?: string
}

/** What is too large to be held: who sends it closes it. */
export type FileBody = { readonly file: FileHandle; readonly size: number }

/** A line for people; caches on the way keep none. */
export const textReply = (status: number, message: string, headers: Reply['headers'] = {}): Reply => ({
  status,
  body: `${message}\n`,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  ...(status >= 400 && { reason: message }),
})

/** Whether a client knows what it asks for already (RFC 9110, 13.1.2): tags are compared as weak ones. */
export const isKnown = (etag: string, ifNoneMatch: string | undefined): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map(tag => tag.trim())
    .some(tag => tag === '*' || strong(tag) === strong(etag))

const strong = (tag: string): string => tag.replace(/^W\//, '')

/** Whether a client takes gzip (RFC 9110, 12.5.3): by its name or by `*`, and not with a weight of nothing. */
export const takesGzip = (acceptEncoding: string | undefined): boolean => {
  const weights = new Map(
    (acceptEncoding ?? '').split(',').map(one => {
      const [coding = '', ...parameters] = one.split(';').map(part => part.trim().toLowerCase())
      const [, weight = '1'] = /^q=(.*)$/.exec(parameters[0] ?? '') ?? []
      return [coding, Number(weight)]
    }),
  )
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
}
