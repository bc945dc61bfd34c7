// A System that observes and refuses every change: what a component's observe is given. A change through it is a bug
// in that component, not a user's mistake.
import type { System } from '../model/system.js'

export const readOnly = (system: System): System => {
  const refuse = async (what: string): Promise<never> => {
    throw new Error(`bug: ${what} while observing`)
  }
  return {
    label: system.label,
    hostname: () => system.hostname(),
    exec: (argv, options) =>
      options.effect === 'observe' ? system.exec(argv, options) : refuse(`the change ${argv.join(' ')}`),
    read: (path, encoding) => system.read(path, encoding),
    list: path => system.list(path),
    stat: path => system.stat(path),
    write: path => refuse(`write ${path}`),
    mkdir: path => refuse(`mkdir ${path}`),
    link: path => refuse(`link ${path}`),
    remove: path => refuse(`remove ${path}`),
    fill: ({ target }) => refuse(`fill ${target}`),
    openExclusive: path => system.openExclusive(path),
    connects: (host, port) => system.connects(host, port),
  }
}
