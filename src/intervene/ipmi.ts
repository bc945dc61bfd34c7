// A machine's management controller, by ipmitool(1): whether the machine is on, and switching it. The password is in a
// file or in the environment, never among the arguments, which every user of this machine can read.
import { CommandFailed } from '../model/system.js'
import { runCommand } from '../system/command.js'

export type Controller = { readonly fqdn: string; readonly port?: number; readonly user?: string }

export type Power = {
  isOn(): Promise<boolean>
  on(): Promise<void>
  /** At once: for what has no system of its own that could be told to end. */
  off(): Promise<void>
}

/** `passwordFile` absent: IPMI_PASSWORD of the environment. */
export const powerByIpmi = ({ fqdn, port = 623, user = 'root' }: Controller, passwordFile?: string): Power => {
  const password = passwordFile === undefined ? ['-E'] : ['-f', passwordFile]
  const prefix = ['ipmitool', '-I', 'lanplus', '-H', fqdn, '-p', String(port), '-U', user, ...password]
  const chassis = async (word: 'status' | 'on' | 'off'): Promise<string> => {
    const argv = [...prefix, 'chassis', 'power', word]
    const effect = word === 'status' ? 'observe' : 'change'
    const { code, stdout, stderr } = await runCommand(argv, { effect, timeout: 60_000 })
    if (code !== 0) throw new CommandFailed(argv, { reason: `exit code ${code}`, code, stderr })
    return stdout.trim()
  }
  return {
    isOn: async () => {
      const said = await chassis('status')
      const [, state] = /^Chassis Power is (on|off)$/.exec(said) ?? []
      if (state === undefined) throw new CommandFailed(prefix, { reason: `said neither on nor off: ${said}` })
      return state === 'on'
    },
    on: async () => void (await chassis('on')),
    off: async () => void (await chassis('off')),
  }
}
