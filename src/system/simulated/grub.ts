// The simulated host's update-grub (Red Hat: grub2-mkconfig) and grub-script-check.
import { type Command, fail, notModelled, succeed } from './answer.js'
import { listDirectory, readFile, statFile, writeFile } from './files.js'
import { printGrubConfig } from './grub/config.js'
import { readDefaults } from './grub/defaults.js'
import { runScript } from './grub/script.js'
import type { SimulatedState } from './state.js'

const debianPath = '/boot/grub/grub.cfg'
const redHatPath = '/boot/grub2/grub.cfg'

/** What this host's GRUB reads. */
export const configPathOf = (state: SimulatedState): string =>
  readFile(state, debianPath) === null && readFile(state, redHatPath) !== null ? redHatPath : debianPath

export const updateGrub: Command = (state, argv) => {
  const isRedHat = argv[0] === 'grub2-mkconfig'
  if (isRedHat ? argv[1] !== '-o' || argv[2] !== redHatPath : argv.length > 1) throw notModelled(argv)
  const parsed = readDefaults(state)
  if (!parsed.ok) return fail(state, 2, `${parsed.place}: not a plain assignment, which is all that is modelled`)
  const given = parsed.defaults.get('GRUB_DEFAULT') ?? '0'
  const wanted = given === 'saved' ? '${saved_entry}' : given
  const extra = ownScripts(state).map(({ name, text }) => ({
    name,
    print: (place: number): readonly string[] => runScript(state, text, { wanted, place }),
  }))
  const text = printGrubConfig(parsed.defaults, isRedHat ? '' : ' GNU/Linux', extra)
  const next = writeFile(state, isRedHat ? redHatPath : debianPath, text, 0o600)
  return { ...succeed(next), stderr: 'Generating grub configuration file ...\ndone\n' }
}

/** What was put into /etc/grub.d beside the distribution's own, and can be run. */
const ownScripts = (state: SimulatedState): readonly { readonly name: string; readonly text: string }[] =>
  (listDirectory(state, '/etc/grub.d') ?? [])
    .map(name => ({ name, path: `/etc/grub.d/${name}` }))
    .filter(({ path }) => ((statFile(state, path)?.mode ?? 0) & 0o111) !== 0)
    .map(({ name, path }) => ({ name, text: readFile(state, path) ?? '' }))

/** Finds what a value with a stray quote or brace breaks, not every error of GRUB's grammar. */
export const grubScriptCheck: Command = (state, argv) => {
  const [, path = '', ...more] = argv
  if (more.length > 0 || path.startsWith('-')) throw notModelled(argv)
  const text = readFile(state, path)
  if (text === null) return fail(state, 1, `cannot open \`${path}': No such file or directory`)
  const bare = text.replace(/\\.|'[^']*'|"(?:[^"\\]|\\.)*"|(?<!\S)#.*/g, '').replace(/\$\{\w+\}/g, '')
  const depth = bare.split('{').length - bare.split('}').length
  if (depth === 0 && !/["']/.test(bare)) return succeed(state)
  return fail(state, 1, 'error: syntax error.', 'error: Incorrect command.', 'error: syntax error.', 'Syntax error')
}
