// observe: our fragment, the configuration that GRUB will read, and the command lines that the host was booted with.
import { posix } from 'node:path'
import type { System } from '../../src/model/system.js'
import type { Actual } from './actual.js'
import { fragmentPath, replacesLinuxOptions } from './fragment.js'
import { configPath, parseGrubConfig } from './grub-config.js'
import { parseWords } from './options.js'

export const observe = async (system: System): Promise<Actual> => {
  const fragments = await system.list(directory)
  const command = await system.stat('/usr/sbin/update-grub')
  const others = (fragments ?? []).map(name => `${directory}/${name}`).filter(isOthers)
  return {
    isDebianWay: fragments !== null || command !== null,
    isReplacedUnderXen: (await readAll(system, ['/etc/default/grub', ...others])).some(replacesLinuxOptions),
    fragment: await system.read(fragmentPath),
    config: parseGrubConfig((await system.read(configPath)) ?? ''),
    running: { xen: await xenCommandLine(system), linux: parseWords((await system.read('/proc/cmdline')) ?? '') },
  }
}

const directory = posix.dirname(fragmentPath)

const isOthers = (path: string): boolean => path.endsWith('.cfg') && path !== fragmentPath

const readAll = async (system: System, paths: readonly string[]): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const path of paths) texts.push((await system.read(path)) ?? '')
  return texts
}

/** `xl info` fails where Xen does not run. */
const xenCommandLine = async (system: System): Promise<readonly string[] | null> => {
  const { code, stdout } = await system.exec(['xl', 'info'], { effect: 'observe' })
  const line = code === 0 ? /^xen_commandline\s*:(.*)$/m.exec(stdout)?.[1] : undefined
  return line === undefined ? null : parseWords(line)
}
