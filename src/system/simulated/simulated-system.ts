// A host that exists only as a SimulatedState: every call is answered from the state or leads to the next one, which
// is saved before the call returns.
import { posix } from 'node:path'
import {
  CommandFailed,
  type Encoding,
  type ExecOptions,
  type ExecResult,
  type Fill,
  type Stat,
  type System,
} from '../../model/system.js'
import { fileError } from '../file-error.js'
import { boot } from './boot.js'
import { elapse, run } from './commands.js'
import { isBlockDevice, isHeld, kernelName, sizeOf } from './devices.js'
import { listDirectory, makeDirectory, makeLink, readFile, removeFile, statFile, writeFile } from './files.js'
import { fillDisk } from './fill.js'
import { type GuestEvent, happen } from './guest.js'
import type { SimulatedState } from './state.js'

export type SimulatedOptions = {
  readonly label?: string
  /** Called with each new state. */
  readonly save?: (state: SimulatedState) => void
}

export class SimulatedSystem implements System {
  readonly label: string
  readonly #save: (state: SimulatedState) => void
  #state: SimulatedState

  constructor(state: SimulatedState, options: SimulatedOptions = {}) {
    this.label = options.label ?? 'simulated host'
    this.#save = options.save ?? (() => undefined)
    this.#state = state
  }

  get state(): SimulatedState {
    return this.#state
  }

  async hostname(): Promise<string | null> {
    return this.#state.hostname
  }

  /** Throws CommandFailed for what is not modelled, and where a command that was said to observe would change. */
  async exec(argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
    const { state, code, stdout, stderr } = run(this.#state, argv)
    if (options.effect === 'observe' && state !== this.#state)
      throw new Error(`bug: ${argv.join(' ')} changes the host`)
    this.#become(state)
    return { code, stdout, stderr }
  }

  /** What a simulated file holds is UTF-8. */
  async read(path: string, encoding: Encoding = 'utf8'): Promise<string | null> {
    const content = readFile(this.#state, path)
    return content === null ? null : Buffer.from(content).toString(encoding)
  }

  async list(path: string): Promise<readonly string[] | null> {
    return listDirectory(this.#state, path)
  }

  async stat(path: string): Promise<Stat | null> {
    const size = sizeOf(this.#state, path)
    if (size === undefined) return statFile(this.#state, path)
    const name = kernelName(this.#state, path)
    if (name === path) return { type: 'block', size, mode: 0o660 }
    const target = posix.relative(posix.dirname(path), name)
    return { type: 'link', size: target.length, mode: 0o777, target }
  }

  async write(path: string, content: string, mode: number, encoding: Encoding = 'utf8'): Promise<void> {
    this.#become(writeFile(this.#state, path, Buffer.from(content, encoding).toString(), mode))
  }

  async mkdir(path: string, mode: number): Promise<void> {
    this.#become(makeDirectory(this.#state, path, mode))
  }

  async link(path: string, target: string): Promise<void> {
    this.#become(makeLink(this.#state, path, target))
  }

  async remove(path: string): Promise<void> {
    this.#become(removeFile(this.#state, path))
  }

  /** A signal that is aborted cuts it short in the middle. */
  async fill(fill: Fill, signal?: AbortSignal): Promise<void> {
    const { half, whole } = fillDisk(this.#state, fill)
    this.#become(half)
    signal?.throwIfAborted()
    if (whole instanceof CommandFailed) throw whole
    this.#become(whole)
  }

  async openExclusive(path: string): Promise<boolean> {
    if (!isBlockDevice(this.#state, path)) {
      throw fileError('ENOENT', 'no such file or directory', 'open', path)
    }
    return !isHeld(this.#state, path)
  }

  /** The simulated network has no addresses: something answers everywhere while a guest runs that does not hang. */
  async connects(): Promise<boolean> {
    return this.#state.domains.some(({ phase, isDeaf }) => phase === undefined && isDeaf === undefined)
  }

  /**
   * What a simulated host does, it does at once: nothing comes by waiting for it, but its own time
   * passes, and as everywhere a little more than was asked for.
   */
  async pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.elapse((milliseconds + 1) / 1000)
  }

  /** Xen and Linux do not come up any more where their command line has one of these words: they panic. */
  cannotBoot(...words: readonly string[]): void {
    this.#become({ ...this.#state, fatal: words })
  }

  /** Where /boot/grub lies, as grub-probe tells it: `{abstraction: 'lvm'}`. */
  layBoot(bootLies: NonNullable<SimulatedState['bootLies']>): void {
    this.#become({ ...this.#state, bootLies })
  }

  /** The machine restarts: domains end, GRUB chooses an entry and boots it, xendomains starts its own. */
  reboot(): void {
    this.#become(boot(this.#state))
  }

  /** What a guest does by itself. Throws where it does not run. */
  guest(name: string, event: GuestEvent): void {
    this.#become(happen(this.#state, name, event))
  }

  /** Lets time pass. */
  elapse(seconds: number): void {
    this.#become(elapse(this.#state, seconds))
  }

  #become(state: SimulatedState): void {
    if (state === this.#state) return
    this.#save(state)
    this.#state = state
  }
}
