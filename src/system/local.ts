// This machine. Commands run without a shell, in the C locale and in a process group of their own, so that a timeout
// ends all of it and an agent that is killed leaves them to finish; files are replaced by rename, after fsync. What is
// read is small, and read at once: Node's pool of threads, which each file would pass through, costs more than the reading.
import { constants, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs'
import { chmod, mkdir, open, rename, symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { byCodeUnit } from '../model/json.js'
import type { Encoding, ExecOptions, ExecResult, Fill, Stat, System } from '../model/system.js'
import { blockSize } from './block-size.js'
import { type ChildRecorder, runCommand } from './command.js'
import { fileError } from './file-error.js'
import { fillTarget } from './fill/fill.js'
import { hasCode } from './has-code.js'

export type LocalOptions = {
  /** Files are read and written below this directory; commands run as they are. */
  readonly root?: string
  /** Told of every changing command's process, before and after. */
  readonly children?: ChildRecorder
  /** Further certificate authorities (PEM) for images over https, beside those of the machine; read when one is asked for. */
  readonly caFile?: string
}

/** Milliseconds: a neighbour that is there answers at once. */
const connectTimeout = 2000

export class LocalSystem implements System {
  readonly label: string
  readonly #root: string
  readonly #children: ChildRecorder | undefined
  readonly #caFile: string | undefined

  constructor(options: LocalOptions = {}) {
    this.#root = resolve(options.root ?? '/')
    this.label = this.#root === '/' ? 'this machine' : `this machine below ${this.#root}`
    this.#children = options.children
    this.#caFile = options.caFile
  }

  async hostname(): Promise<string> {
    return hostname()
  }

  exec(argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
    return runCommand(argv, options, options.effect === 'change' ? this.#children : undefined)
  }

  async read(path: string, encoding: Encoding = 'utf8'): Promise<string | null> {
    try {
      return orNull(() => readFileSync(this.#below(path), encoding))
    } catch (error) {
      // Node does not say which one.
      throw hasCode(error, 'EISDIR') ? fileError('EISDIR', 'illegal operation on a directory', 'read', path) : error
    }
  }

  async list(path: string): Promise<readonly string[] | null> {
    const names = orNull(() => readdirSync(this.#below(path)))
    return names?.sort(byCodeUnit) ?? null
  }

  async stat(path: string): Promise<Stat | null> {
    const file = this.#pathOf(path)
    const stats = orNull(() => lstatSync(file))
    if (stats === null) return null
    const mode = stats.mode & 0o7777
    const isForeign = stats.uid !== process.geteuid?.()
    if (stats.isFile()) return { type: 'file', size: stats.size, mode, ...(isForeign && { isForeign }) }
    if (stats.isDirectory()) return { type: 'directory', size: stats.size, mode }
    if (stats.isSymbolicLink()) return { type: 'link', size: stats.size, mode, target: readlinkSync(file) }
    if (stats.isBlockDevice()) return { type: 'block', size: blockSize(stats.rdev), mode }
    return { type: 'other', size: stats.size, mode }
  }

  async write(path: string, content: string, mode: number, encoding: Encoding = 'utf8'): Promise<void> {
    const file = this.#below(path)
    const temporary = temporaryBeside(file)
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(temporary, 'w', mode)
    try {
      await handle.chmod(mode)
      await handle.writeFile(content, encoding)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    await syncDirectory(dirname(file))
  }

  async mkdir(path: string, mode: number): Promise<void> {
    const directory = this.#below(path)
    const made = await mkdir(directory, { recursive: true })
    if (made !== undefined) await chmod(directory, mode)
  }

  async link(path: string, target: string): Promise<void> {
    const file = this.#below(path)
    const temporary = temporaryBeside(file)
    const present = await this.stat(path)
    if (present !== null && present.type !== 'link') throw fileError('EEXIST', 'file already exists', 'symlink', path)
    await mkdir(dirname(file), { recursive: true })
    orNull(() => unlinkSync(temporary))
    await symlink(target, temporary)
    await rename(temporary, file)
    await syncDirectory(dirname(file))
  }

  async remove(path: string): Promise<void> {
    const file = this.#below(path)
    if (!existsSync(dirname(file))) return
    orNull(() => unlinkSync(file))
    await syncDirectory(dirname(file))
  }

  fill(fill: Fill, signal?: AbortSignal): Promise<void> {
    const pathOf = (path: string): string => this.#pathOf(path)
    return fillTarget(fill, { pathOf, children: this.#children, caFile: this.#caFile, signal })
  }

  /** Without O_CREAT, O_EXCL on a block device fails with EBUSY while it is mounted or held (open(2)). */
  async openExclusive(path: string): Promise<boolean> {
    try {
      const handle = await open(path, constants.O_RDONLY | constants.O_EXCL)
      await handle.close()
      return true
    } catch (error) {
      if (hasCode(error, 'EBUSY')) return false
      throw error
    }
  }

  connects(host: string, port: number): Promise<boolean> {
    return new Promise(resolve => {
      const socket = connect({ host, port, timeout: connectTimeout })
      const end = (answers: boolean): void => {
        socket.destroy()
        resolve(answers)
      }
      socket
        .once('connect', () => end(true))
        .once('timeout', () => end(false))
        .once('error', () => end(false))
    })
  }

  /** Devices are the machine's, whatever the root. */
  #pathOf(path: string): string {
    return path.startsWith('/dev/') ? path : this.#below(path)
  }

  /** `..` does not lead out of the root. */
  #below(path: string): string {
    return join(this.#root, resolve('/', path))
  }
}

/** One name per file, so that what a killed run left behind is replaced by the next; hidden from globs and xendomains. */
const temporaryBeside = (file: string): string => join(dirname(file), `.${basename(file)}.xenclosure-new`)

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const orNull = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}
