// Which thing a request asks for. A path is one of a few plain forms, with the name of a machine in it: nothing is decoded,
// and no path of a file is ever made of anything else. Pure.
import { isMachineName } from '../../model/document.js'
import { type Reply, textReply } from './reply.js'

export type Route = { readonly kind: 'document'; readonly file: string }

export type Routed = { readonly ok: true; readonly route: Route } | { readonly ok: false; readonly reply: Reply }

/** By the method and the target of a request (RFC 9112, 3.2). */
export const routeOf = (method: string, target: string): Routed => {
  const [path = ''] = target.split('?')
  const found = thingAt(path)
  if (found === undefined) return { ok: false, reply: nothingThere }
  const { methods, route } = found
  if (!methods.includes(method)) return { ok: false, reply: notBy(method, methods) }
  return { ok: true, route }
}

type Thing = { readonly methods: readonly string[]; readonly route: Route }

const reading = ['GET', 'HEAD']

const thingAt = (path: string): Thing | undefined => {
  const [, file = ''] = /^\/documents\/([^/]+)$/.exec(path) ?? []
  if (isPublished(file)) return { methods: reading, route: { kind: 'document', file } }
  return undefined
}

/** What `compile --out` writes. */
const isPublished = (file: string): boolean => {
  const [, name = ''] = /^(.+)\.(?:json|seal)$/.exec(file) ?? []
  return file === 'index.json' || isMachineName(name)
}

const nothingThere = textReply(404, 'there is nothing here: /documents/NAME.json and /documents/NAME.seal are served')

const notBy = (method: string, methods: readonly string[]): Reply =>
  textReply(405, `${method} is not for this: ${methods.join(' or ')}`, { allow: methods.join(', ') })
