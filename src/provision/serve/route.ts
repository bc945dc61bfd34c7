// Which thing a request asks for. A path is one of a few plain forms, with the name of a machine in it: nothing is decoded,
// and no path of a file is ever made of anything else. Pure.
import { isMachineName } from '../../model/document.js'
import { type Reply, textReply } from './reply.js'

export type Route =
  | { readonly kind: 'document'; readonly file: string }
  | { readonly kind: 'kickstart'; readonly machine: string; readonly token: string | undefined }
  | { readonly kind: 'installed'; readonly machine: string }
  | { readonly kind: 'metrics' }

export type Routed = { readonly ok: true; readonly route: Route } | { readonly ok: false; readonly reply: Reply }

/** By the method and the target of a request (RFC 9112, 3.2). */
export const routeOf = (method: string, target: string): Routed => {
  const [, path = '', query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(target) ?? []
  const found = thingAt(path, query)
  if (found === undefined) return { ok: false, reply: nothingThere }
  const { methods, route } = found
  if (!methods.includes(method)) return { ok: false, reply: notBy(method, methods) }
  return { ok: true, route }
}

type Thing = { readonly methods: readonly string[]; readonly route: Route }

const reading = ['GET', 'HEAD']

const thingAt = (path: string, query: string): Thing | undefined => {
  if (path === '/metrics') return { methods: reading, route: { kind: 'metrics' } }
  const [, folder, name = ''] = /^\/(documents|kickstart|installed)\/([^/]+)$/.exec(path) ?? []
  if (folder === 'documents' && isPublished(name)) return { methods: reading, route: { kind: 'document', file: name } }
  const machine = folder === 'kickstart' ? name.replace(/\.ks$/, '') : name
  if (!isMachineName(machine)) return undefined
  if (folder === 'kickstart' && machine !== name) {
    const token = new URLSearchParams(query).get('token') ?? undefined
    return { methods: reading, route: { kind: 'kickstart', machine, token } }
  }
  if (folder === 'installed') return { methods: ['POST'], route: { kind: 'installed', machine } }
  return undefined
}

/** What `compile --out` writes. */
const isPublished = (file: string): boolean => {
  const [, name = ''] = /^(.+)\.(?:json|seal)$/.exec(file) ?? []
  return file === 'index.json' || isMachineName(name)
}

const nothingThere = textReply(
  404,
  'there is nothing here: /documents/NAME.json and NAME.seal, /kickstart/NAME.ks, /installed/NAME and /metrics are served',
)

const notBy = (method: string, methods: readonly string[]): Reply =>
  textReply(405, `${method} is not for this: ${methods.join(' or ')}`, { allow: methods.join(', ') })
