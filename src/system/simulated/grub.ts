// The simulated host's update-grub and grub-script-check.
import { type Command, fail, notModelled, succeed } from './answer.js'
import { readFile, writeFile } from './files.js'
import { printGrubConfig } from './grub-config.js'
import { readDefaults } from './grub-defaults.js'

export const grubConfigPath = '/boot/grub/grub.cfg'

export const updateGrub: Command = (state, argv) => {
  if (argv.length > 1) throw notModelled(argv)
  const parsed = readDefaults(state)
  if (!parsed.ok) return fail(state, 2, `${parsed.place}: not a plain assignment, which is all that is modelled`)
  const next = writeFile(state, grubConfigPath, printGrubConfig(parsed.defaults), 0o600)
  return { ...succeed(next), stderr: 'Generating grub configuration file ...\ndone\n' }
}

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
