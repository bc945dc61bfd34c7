// The command `xenclosure` and its verbs. Exit codes, for every verb: 0 done, 1 failed, 2 bad input or usage,
// 3 something is pending, refused or (with --noaction) to be done, 75 another run holds the lock.
import { Command } from 'commander'
import { exitCodes, withPlainHelp } from './plain-help.js'
import { refuseEmpty } from './refuse-empty.js'
import { verbs } from './verbs.js'
import { version } from './version.js'

/** With the verb that is asked for, or with all: completion is of all, and so is what says which there are. */
export const createProgram = async (asked = ''): Promise<Command> => {
  const program = new Command('xenclosure')
    .description('Keeps Xen hosts, and everything that runs on them, as their administrators declared it in git.')
    .version(version)
    .addHelpText('after', exitCodes)

  const isAlone = Object.hasOwn(verbs, asked) && asked !== 'completion'
  for (const [name, load] of Object.entries(verbs))
    if (!isAlone || name === asked) program.addCommand(await load(program))
  return refuseEmpty(withPlainHelp(program))
}
