// The simulated host's files: a map from absolute path to node, with directories as nodes of their own. A link is
// followed where a file is read, not in the middle of a path.
import { posix } from 'node:path'
import { byCodeUnit } from '../../model/json.js'
import type { Stat } from '../../model/system.js'
import { bootIdFile } from '../boot-id.js'
import { fileError } from '../file-error.js'
import { linuxVersion } from './grub/config.js'
import { clockOf, type FileNode, own, type SimulatedState } from './state.js'

export const readFile = (state: SimulatedState, path: string): string | null => {
  const node = nodeAt(state, path)
  if (node?.type === 'link') return readFile(state, posix.resolve(posix.dirname(path), node.target))
  if (node?.type === 'directory') throw isDirectory('read', path)
  return node?.content ?? null
}

export const listDirectory = (state: SimulatedState, path: string): readonly string[] | null => {
  const directory = normal(path)
  if (nodeAt(state, directory)?.type !== 'directory') return null
  return Object.keys(state.files)
    .filter(file => file !== '/' && posix.dirname(file) === directory)
    .map(file => posix.basename(file))
    .sort(byCodeUnit)
}

export const statFile = (state: SimulatedState, path: string): Stat | null => {
  const node = nodeAt(state, path)
  if (node === undefined) return null
  if (node.type === 'link') return { type: 'link', size: node.target.length, mode: 0o777, target: node.target }
  return { type: node.type, size: node.type === 'file' ? fileSize(node) : 4096, mode: node.mode }
}

export const writeFile = (state: SimulatedState, path: string, content: string, mode: number): SimulatedState => {
  if (nodeAt(state, path)?.type === 'directory') throw isDirectory('rename', path)
  return put(state, path, { type: 'file', content, mode, modified: clockOf(state) })
}

export const makeDirectory = (state: SimulatedState, path: string, mode: number): SimulatedState => {
  const present = nodeAt(state, path)
  if (present?.type === 'directory') return state
  if (present !== undefined) throw exists('mkdir', path)
  return put(state, path, { type: 'directory', mode })
}

export const makeLink = (state: SimulatedState, path: string, target: string): SimulatedState => {
  const present = nodeAt(state, path)
  if (present !== undefined && present.type !== 'link') throw exists('symlink', path)
  return put(state, path, { type: 'link', target })
}

export const removeFile = (state: SimulatedState, path: string): SimulatedState => {
  const present = nodeAt(state, path)
  if (present === undefined) return state
  if (present.type === 'directory') throw isDirectory('unlink', path)
  const { [normal(path)]: _removed, ...files } = state.files
  return { ...state, files }
}

/** A file that is smaller gets a hole at its end; nothing where there is no file. */
export const enlargeFile = (state: SimulatedState, path: string, size: number): SimulatedState => {
  const node = nodeAt(state, path)
  if (node?.type === 'link') return enlargeFile(state, posix.resolve(posix.dirname(path), node.target), size)
  return node?.type === 'file' && fileSize(node) < size ? put(state, path, { ...node, size }) : state
}

const fileSize = ({ content, size = 0 }: Extract<FileNode, { type: 'file' }>): number =>
  Math.max(size, Buffer.byteLength(content))

/** The kernel's files, made from the state when they are read. */
const kernelFile = (state: SimulatedState, path: string): string | undefined => {
  if (path === '/proc/cmdline') return `${state.boot.linux}\n`
  if (path === '/proc/sys/kernel/osrelease') return `${linuxVersion}\n`
  if (path === '/sys/hypervisor/type') return state.boot.xen === null ? undefined : 'xen\n'
  if (path === bootIdFile) return `${state.boot.id}\n`
  return undefined
}

const nodeAt = (state: SimulatedState, path: string): FileNode | undefined => {
  const content = kernelFile(state, normal(path))
  return content === undefined ? own(state.files, normal(path)) : { type: 'file', content, mode: 0o444 }
}

const put = (state: SimulatedState, path: string, node: FileNode): SimulatedState => {
  const parent = posix.dirname(normal(path))
  const within = parent === normal(path) ? state : makeDirectory(state, parent, 0o755)
  return { ...within, files: { ...within.files, [normal(path)]: node } }
}

const isDirectory = (syscall: string, path: string): Error =>
  fileError('EISDIR', 'illegal operation on a directory', syscall, path)

const exists = (syscall: string, path: string): Error => fileError('EEXIST', 'file already exists', syscall, path)

const normal = (path: string): string => posix.resolve('/', path)
