// Which thing a request asks for. A path is one of a few plain forms, with the name of a machine in it: nothing is decoded,
// and no path of a file is ever made of anything else. Pure.
import { isMachineName } from '../../model/document.js'
import { type Reply, textReply } from './reply.js'

export type Route =
  | { readonly kind: 'document'; readonly file: string }
  | { readonly kind: 'kickstart'; readonly machine: string; readonly token: string | undefined }
  | { readonly kind: 'installed'; readonly machine: string }
  | { readonly kind: 'boot'; readonly mac: string }
  | { readonly kind: 'image'; readonly mac: string; readonly state: 'install' | 'rescue'; readonly image: Image }
  | { readonly kind: 'metrics' }

/** Of what /system/netboot declares for a state. */
export type Image = 'kernel' | 'initrd'

export type Routed = { readonly ok: true; readonly route: Route } | { readonly ok: false; readonly reply: Reply }

/** By the method and the target of a request (RFC 9112, 3.2). */
export const routeOf = (method: string, target: string): Routed => {
  const [, path = '', query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(target) ?? []
  for (const { form, methods, route } of things) {
    const found = route(form.exec(path)?.[1] ?? '', query)
    if (found === undefined) continue
    return methods.includes(method) ? { ok: true, route: found } : { ok: false, reply: notBy(method, methods) }
  }
  return { ok: false, reply: nothingThere }
}

type Thing = {
  /** Of the path; what is in brackets is a name. */
  readonly form: RegExp
  readonly methods: readonly string[]
  /** Undefined where the name is none. */
  readonly route: (name: string, query: string) => Route | undefined
}

const reading = ['GET', 'HEAD']

const things: readonly Thing[] = [
  {
    form: /^\/documents\/([^/]+)$/,
    methods: reading,
    route: file => (isPublished(file) ? { kind: 'document', file } : undefined),
  },
  {
    form: /^\/kickstart\/([^/]+)\.ks$/,
    methods: reading,
    route: (machine, query) =>
      isMachineName(machine)
        ? { kind: 'kickstart', machine, token: new URLSearchParams(query).get('token') ?? undefined }
        : undefined,
  },
  {
    form: /^\/installed\/([^/]+)$/,
    methods: ['POST'],
    route: machine => (isMachineName(machine) ? { kind: 'installed', machine } : undefined),
  },
  {
    form: /^\/boot\/([^/]+)$/,
    methods: reading,
    route: mac => (isCard.test(mac) ? { kind: 'boot', mac } : undefined),
  },
  {
    form: /^\/boot\/([^/]+\/(?:install|rescue)\/(?:kernel|initrd))$/,
    methods: reading,
    route: name => {
      const [mac = '', state, image] = name.split('/')
      if (!isCard.test(mac)) return undefined
      return { kind: 'image', mac, state: state as 'install' | 'rescue', image: image as Image }
    },
  },
  {
    form: /^\/(metrics)$/,
    methods: reading,
    route: name => (name === 'metrics' ? { kind: 'metrics' } : undefined),
  },
]

/** A MAC, as the entry's file has it. */
const isCard = /^[0-9a-f]{2}(?:-[0-9a-f]{2}){5}$/

/** What `compile --out` writes. */
const isPublished = (file: string): boolean => {
  const [, name = ''] = /^(.+)\.(?:json|seal)$/.exec(file) ?? []
  return file === 'index.json' || isMachineName(name)
}

const nothingThere = textReply(
  404,
  'there is nothing here: /documents/NAME.json and NAME.seal, /kickstart/NAME.ks, /installed/NAME, /boot/MAC and /metrics are served',
)

const notBy = (method: string, methods: readonly string[]): Reply =>
  textReply(405, `${method} is not for this: ${methods.join(' or ')}`, { allow: methods.join(', ') })
