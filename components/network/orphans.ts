// orphans: links that this component made and no document declares any more. Reported; nothing here changes them.
import type { Actual } from './actual.js'
import type { Network } from './desired.js'
import { keptDirectory, nameOfFile } from './files.js'
import { trunksOf } from './trunk.js'

export const orphans = (desired: Network, { files }: Actual): readonly string[] => {
  const declared = trunksOf(desired).flatMap(({ links, absent }) => [...links.map(({ name }) => name), ...absent])
  const made = Object.keys(files)
    .filter(path => path.startsWith(`${keptDirectory}/`))
    .flatMap(path => nameOfFile(path.slice(keptDirectory.length + 1)) ?? [])
    .filter(name => name.endsWith('.netdev'))
    .map(name => name.replace(/\.netdev$/, ''))
  return made.filter(name => !declared.includes(name)).map(name => `network interface ${name}`)
}
