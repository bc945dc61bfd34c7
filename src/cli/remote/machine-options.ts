// What `intervene` and `reinstall` have in common on the command line: how machines are reached, and how they are switched.
import type { Command } from 'commander'
import type { CompiledSite } from '../../compiler/compile.js'
import { type Controller, powerByIpmi } from '../../intervene/ipmi.js'
import type { MachineParts } from '../../intervene/machine.js'
import { valueAt } from '../../model/pointer.js'
import { readNamedFile } from '../named-file.js'
import { wholeNumber } from '../option-values.js'

export type MachineOptions = {
  readonly jobs: number
  readonly sshConfig?: string
  readonly ipmiPasswordFile?: string
}

export const withMachineOptions = (command: Command): Command =>
  command
    .option('--jobs <n>', 'so many machines at a time', wholeNumber(1, 256), 8)
    .option('--ssh-config <file>', 'reach them by this ssh_config (default: ~/.ssh/config, then /etc/ssh/ssh_config)')
    .option(
      '--ipmi-password-file <file>',
      'the password of the controllers (default: IPMI_PASSWORD of the environment)',
      passwordFile,
    )

const passwordFile = (path: string): string => {
  readNamedFile(path, 'name a file that holds the password and nothing else')
  return path
}

/** By the controllers that the documents declare. */
export const powersOf =
  ({ documents }: CompiledSite, { ipmiPasswordFile }: MachineOptions): MachineParts['powerOf'] =>
  machine => {
    const controller = valueAt(documents.get(machine), ['hardware', 'console', 'ipmi']) as Controller | undefined
    return controller && powerByIpmi(controller, ipmiPasswordFile)
  }
