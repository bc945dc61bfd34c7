// Reads a document that Quattor's pan compiler made into ours, so that a host of a Quattor site can be planned and
// applied as it is. It takes what our components manage (xen, lvm, grub, network) and names the rest; how each part is read
// stands in pan/. Called by the agent's verify, before any schema has judged the document.
import type { Document } from './document.js'
import { isMap, type Json, type JsonMap } from './json.js'
import { deviceConflicts } from './pan/device-conflicts.js'
import { readGrub } from './pan/grub.js'
import { mapAt, textAt } from './pan/lookup.js'
import { readLvm } from './pan/lvm.js'
import { readNetwork } from './pan/network.js'
import { readXen } from './pan/xen.js'

/** Ours has a name at its top; pan's has only what stands below it. */
export const isPanDocument = (json: Json): json is JsonMap =>
  isMap(json) && !Object.hasOwn(json, 'name') && (isMap(json.software) || isMap(json.system))

export type PanDocument = {
  readonly document: Document
  /** Paths in the pan document, with the reason where there is one, that nothing of ours acts on. */
  readonly ignored: readonly string[]
  /** What it says that must not be done, in words. */
  readonly conflicts: readonly string[]
}

const components = '/software/components'

/**
 * The document's name is the machine's hostname and domain, or where these are not set the name of its file. A component
 * that is not active or not dispatched is left out, and so is a domain that cannot be rendered as it was meant.
 */
export const readPanDocument = (json: JsonMap, fileName: string): PanDocument => {
  const name = nameOf(json, fileName)
  const written = mapAt(json, components)
  const active = (component: string): Json | undefined =>
    isActive(written[component]) ? written[component] : undefined
  const [panXen, panGrub] = [active('xen'), active('grub')]

  const xen = panXen === undefined ? undefined : readXen(panXen, name, `${components}/xen`)
  const grub = panGrub === undefined ? undefined : readGrub(panGrub, `${components}/grub`)
  const { lvm, ignored } = readLvm(json, xen?.storage ?? { volumes: [], files: [] })
  const network = readNetwork(json, panXen ?? {}, `${components}/xen`)
  const mayCreate = mapAt(panXen, '').create_filesystems
  const flag = mayCreate === undefined ? {} : { create_filesystems: mayCreate }
  return {
    document: {
      name,
      software: {
        components: {
          ...(Object.keys(lvm).length === 0 ? {} : { lvm: { ...lvm, ...flag } }),
          ...(network.network === undefined ? {} : { network: network.network }),
          ...(xen === undefined ? {} : { xen: xen.xen }),
          ...(grub === undefined ? {} : { grub: grub.grub }),
        },
      },
    },
    ignored: [
      ...Object.keys(written).flatMap(component => foreign(component, active(component))),
      ...(xen?.ignored ?? []),
      ...(grub?.ignored ?? []),
      ...network.ignored,
      ...ignored,
      ...unread(json),
    ],
    conflicts: deviceConflicts(xen?.xen, lvm),
  }
}

const nameOf = (json: JsonMap, fileName: string): string => {
  const host = textAt(json, '/system/network/hostname')
  const domain = textAt(json, '/system/network/domainname')
  if (host === undefined) return fileName.replace(/^.*\//, '').replace(/\.json$/, '')
  return host.includes('.') || domain === undefined ? host : `${host}.${domain}`
}

/** ncm-ncd's switches: `active` is the component's own, `dispatch` the dispatcher's. */
const isActive = (component: Json | undefined): boolean =>
  isMap(component) && component.active !== false && component.dispatch !== false

const foreign = (component: string, active: Json | undefined): readonly string[] => {
  const pointer = `${components}/${component}`
  if (component !== 'xen' && component !== 'grub') return [pointer]
  return active === undefined ? [`${pointer}: not active`] : []
}

/** What else stands in the document and would change a host; /hardware and the like only describe it. */
const unread = (json: JsonMap): readonly string[] => [
  ...Object.keys(mapAt(json, '/software'))
    .filter(key => key !== 'components')
    .map(key => `/software/${key}`),
  ...Object.keys(mapAt(json, '/system/blockdevices'))
    .filter(key => key !== 'volume_groups' && key !== 'logical_volumes')
    .map(key => `/system/blockdevices/${key}`),
  ...('filesystems' in mapAt(json, '/system') ? ['/system/filesystems'] : []),
]
