// `completion`: a script that completes the command in a shell.
import { Argument, Command } from 'commander'
import { bashScript } from '../completion/bash.js'
import { fishScript } from '../completion/fish.js'
import { type Verb, verbsOf } from '../completion/verbs.js'
import { zshScript } from '../completion/zsh.js'

const scripts: Readonly<Record<string, (verbs: readonly Verb[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** It completes the program that it is a verb of. */
export const completionCommand = (program: Command): Command =>
  new Command('completion')
    .description('a script for completion in a shell: verbs, options, names of machines')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .action((shell: string) => {
      process.stdout.write(scripts[shell]?.(verbsOf(program)) ?? '')
    })
