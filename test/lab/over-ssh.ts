// The command of this tree as a site's administrator runs it on the lab's host, over ssh.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Json, parseJson } from '../../src/model/json.js'
import { builtCommand } from '../fixtures/built-command.js'
import { ask, type Host, waitUntil } from './host.js'
import { scratchDirectory } from './scenario.js'

export type Ended = {
  /** Null: it was killed. */
  readonly code: number | null
  /** What it answered on stdout. */
  readonly answer: Json | undefined
  /** What it told on stderr. */
  readonly said: readonly string[]
}

export type OverSsh = {
  /** The machine of the site that the lab's host is; labhost where absent. */
  readonly machine?: string
  /** A port of loopback that leads to its sshd; its own where absent. */
  readonly port?: number
  readonly onLine?: (line: string) => void
  /** Kills the command, without warning. */
  readonly kill?: AbortSignal
}

/** Runs `xenclosure WORDS --site SITE --json`, which reaches the host by its machine's name. */
export const overSsh = async (
  host: Host,
  site: string,
  words: readonly string[],
  { machine = 'labhost', port = host.port, onLine = () => undefined, kill }: OverSsh = {},
): Promise<Ended> => {
  const config = await sshConfig(host, machine, port)
  const command = spawn(process.execPath, [builtCommand, ...words, '--site', site, '--ssh-config', config, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 15 * 60_000,
  })
  kill?.addEventListener('abort', () => command.kill('SIGKILL'))
  const said: string[] = []
  createInterface(command.stderr).on('line', line => {
    said.push(line)
    onLine(line)
  })
  const chunks: Buffer[] = []
  command.stdout.on('data', chunk => chunks.push(chunk))
  const [code] = await once(command, 'close')
  return { code, answer: parseJson(Buffer.concat(chunks).toString()), said }
}

/** An ssh_config that reaches the host as this machine, through this port. */
const sshConfig = async (host: Host, machine: string, port: number): Promise<string> => {
  const directory = scratchDirectory('ssh-')
  const [config, known] = [join(directory, 'config'), join(directory, 'known_hosts')]
  const key = await ask(host, 'cut -d " " -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub')
  writeFileSync(known, `[127.0.0.1]:${port} ${key}\n`)
  const lines = ['HostName 127.0.0.1', `Port ${port}`, 'User root', `IdentityFile ${host.key}`, 'IdentityAgent none']
  writeFileSync(config, [`Host ${machine}`, ...lines, `UserKnownHostsFile ${known}`, ''].join('\n'))
  return config
}

/** Waits until no run that was carried there is at work on the host. */
export const untilNoRun = (host: Host): Promise<string> =>
  waitUntil(host, `! pgrep -f '[/]carried/xenclosure-agent' > /dev/null`, 'ps -ef')
