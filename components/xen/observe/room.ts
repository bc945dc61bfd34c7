// How much memory domains can be given: what Xen has free, and what dom0 gives up for it. Part of observe.ts.
import { leastDom0 } from '../../../src/model/dom0-mem.js'
import { isMap, parseJson } from '../../../src/model/json.js'
import { CommandFailed, type System } from '../../../src/model/system.js'
import { ask } from '../../../src/system/ask.js'

export const observeRoom = async (system: System): Promise<number> => {
  const info = await ask(system, ['xl', 'info'])
  const free = Number(fieldOf(info, 'free_memory'))
  if (!Number.isInteger(free)) throw new CommandFailed(['xl', 'info'], { reason: 'printed no free_memory' })
  const balloons = isBallooning((await system.read('/etc/xen/xl.conf')) ?? '', fieldOf(info, 'xen_commandline') ?? '')
  return balloons ? free + Math.max(0, (await dom0Memory(system)) - leastDom0) : free
}

const fieldOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name} *: (.*)$`, 'm').exec(info)?.[1]?.trim()

/** xl.conf(5), autoballoon: "auto", the default, is off where dom0_mem fixes what dom0 has. */
const isBallooning = (config: string, commandLine: string): boolean => {
  const written = /^\s*autoballoon\s*=\s*["']?(\w+)/m.exec(config)?.[1] ?? 'auto'
  if (written === 'auto') return !/(^| )dom0_mem=/.test(commandLine)
  return written === 'on' || written === '1'
}

const dom0Memory = async (system: System): Promise<number> => {
  const [dom0] = Object.values(parseJson(await ask(system, ['xl', 'list', '-l', 'Domain-0'])) ?? {})
  const config = isMap(dom0) && isMap(dom0.config) ? dom0.config : {}
  const build = isMap(config.b_info) ? config.b_info : {}
  if (typeof build.target_memkb !== 'number')
    throw new CommandFailed(['xl', 'list', '-l', 'Domain-0'], { reason: "printed no dom0's memory" })
  return Math.floor(build.target_memkb / 1024)
}
