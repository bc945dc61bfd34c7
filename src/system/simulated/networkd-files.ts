// The files of systemd-networkd on the simulated host: which of them apply (systemd.network(5)), and what they say.
import { byCodeUnit } from '../../model/json.js'
import { listDirectory, readFile } from './files.js'
import { own, type SimulatedState } from './state.js'

/** The first that has a file of a name masks the others. */
const directories = ['/etc/systemd/network', '/run/systemd/network', '/usr/lib/systemd/network']

export type NetworkdFile = {
  readonly path: string
  readonly content: string
  readonly modified: number
  /** The values of a key, in the order of the file; an empty list where it is not there. */
  readonly get: (section: string, key: string) => readonly string[]
}

/** Those of a kind, in the order of their names, whatever directory they are in. */
export const networkdFiles = (state: SimulatedState, kind: 'netdev' | 'network'): readonly NetworkdFile[] => {
  const names = directories.flatMap(directory => listDirectory(state, directory) ?? [])
  return [...new Set(names)]
    .filter(name => name.endsWith(`.${kind}`))
    .sort(byCodeUnit)
    .flatMap(name => {
      const path = directories
        .map(directory => `${directory}/${name}`)
        .find(file => own(state.files, file) !== undefined)
      return path === undefined ? [] : [parse(state, path)]
    })
}

const parse = (state: SimulatedState, path: string): NetworkdFile => {
  const content = readFile(state, path) ?? ''
  const node = own(state.files, path)
  const values = new Map<string, string[]>()
  let section = ''
  for (const line of content.split('\n')) {
    const [, name] = /^\[(.+)\]$/.exec(line) ?? []
    const [, key, value = ''] = /^([A-Za-z0-9]+)=(.*)$/.exec(line) ?? []
    if (name !== undefined) section = name
    if (key !== undefined) values.set(`${section}/${key}`, [...(values.get(`${section}/${key}`) ?? []), value])
  }
  const modified = node?.type === 'file' ? (node.modified ?? 0) : 0
  return { path, content, modified, get: (of, key) => values.get(`${of}/${key}`) ?? [] }
}

/** The first file whose [Match] has the name. */
export const fileFor = (files: readonly NetworkdFile[], name: string): NetworkdFile | undefined =>
  files.find(file => file.get('Match', 'Name').some(globs => globs.split(/\s+/).some(glob => fits(glob, name))))

const fits = (glob: string, name: string): boolean =>
  new RegExp(`^${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name)
