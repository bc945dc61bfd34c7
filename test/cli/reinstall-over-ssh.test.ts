// `reinstall` as it was built, to its end: over ssh, by a management controller, with `serve` beside it. The hosts are this
// machine under other names, without Xen; their installers are the test. What becomes of guests is test/reinstall's and the
// lab's to show.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { parseEntry } from '../../src/provision/netboot/entry.js'
import { builtCommand } from '../fixtures/built-command.js'
import { skipWithoutController, startController } from '../fixtures/ipmi-sim.js'
import { type Ended, runCommand, until } from '../fixtures/killed-command.js'
import { lockingTest } from '../fixtures/locking-test.js'
import { plainNode } from '../fixtures/plain-node.js'
import { skipWithoutSshd, startSshd } from '../fixtures/sshd.js'
import { ui } from '../fixtures/ui-to-install.js'
import { skipWithoutRoot } from '../oracles/require-tool.js'

/** A machine that is installed by its provisioner; JSON is YAML. */
const profileOf = (name: string, number: number, more: { hardware?: object; system?: object; software?: object }) => {
  const { hardware, system } = ui()
  const cards = { nic: { eth0: { hwaddr: `00:16:3e:00:01:0${number}`, boot: true } } }
  const network = { hostname: name, domainname: 'example.org' }
  return JSON.stringify({
    hardware: { ...hardware, cards, ...more.hardware },
    system: { ...system, network, ...more.system },
    software: more.software ?? {},
  })
}

/** `serve` on a free port; where it is. */
const startServing = async (t: Test, words: readonly string[]): Promise<string> => {
  const serving = spawn(...plainNode([builtCommand, 'serve', ...words, '--listen', '127.0.0.1:0']), {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  t.teardown(() => serving.kill())
  for await (const line of createInterface(serving.stderr)) {
    const [, url] = /^(http:\S+): ready$/.exec(line) ?? []
    if (url === undefined) continue
    serving.stderr.resume()
    return url
  }
  throw new Error('serve ended')
}

type Bench = {
  /** Runs `reinstall`; the answer names the steps that did not just succeed. */
  readonly reinstall: (words: readonly string[], kill?: Promise<unknown>) => Promise<Ended>
  /** What the machine's system was told, in order. */
  readonly told: (machine: string) => string
  /** It is ordered, and was told to start, or switched on. */
  readonly isAtWork: (machine: string) => boolean
  /** Its installer runs, from its kickstart file to its last call. */
  readonly install: (machine: string) => Promise<void>
  /** It starts from its new disk, with new ssh host keys, and its agent makes its first run. */
  readonly startAnew: (machine: string) => Promise<void>
}

/** A chassis with a host, which has a controller, and a machine that is none and has none. */
const openBench = async (t: Test): Promise<Bench> => {
  const directory = t.testdir({ site: { profiles: {} }, tftp: {}, bmc: {}, bin: {} })
  const at = (...names: readonly string[]): string => join(directory, ...names)
  const { controller, passwordFile, isOn, switchOff } = await startController(t, at('bmc'), true)
  // Where it is not told which to take, ipmitool asks for the cipher suites: the simulator lets it wait 10 s each time.
  writeFileSync(at('bin/ipmitool'), '#!/bin/sh\nexec /usr/bin/ipmitool -C 3 "$@"\n', { mode: 0o755 })
  const host = {
    hardware: { console: { ipmi: controller } },
    system: { enclosure: { type: 'hypervisor' } },
    software: { components: { xen: { domains: {} } } },
  }
  const rack = JSON.stringify({ system: { enclosure: { type: 'blade', children: ['host', 'plain'] } } })
  const profiles = { rack, host: profileOf('host', 1, host), plain: profileOf('plain', 2, {}) }
  for (const [name, text] of Object.entries(profiles)) writeFileSync(at('site/profiles', `${name}.yaml`), text)
  writeFileSync(at('site/xenclosure.yaml'), 'site: test\n')

  const configs = new Map<string, string>()
  const start = async (machine: string, folder: string): Promise<void> => {
    mkdirSync(at(folder))
    const sshd = await startSshd(t, { directory: at(folder), machine })
    configs.set(machine, `Host ${machine}\n${sshd.text(machine)}`)
    writeFileSync(at('config'), [...configs.values()].join(''))
  }
  for (const machine of ['host', 'plain']) await start(machine, machine)
  const reaching = ['--site', at('site'), '--ssh-config', at('config')]
  const told = (machine: string): string =>
    existsSync(at(machine, 'told')) ? readFileSync(at(machine, 'told'), 'utf8') : ''
  void until(() => told('host').includes('poweroff')).then(switchOff)

  t.match(await runCommand(['compile', '--site', at('site'), '--out', at('documents')]), { code: 0 })
  t.match(await runCommand(['apply', 'host', ...reaching]), { code: 0 }, 'its document is in force')
  const serving = await startServing(t, ['--site', at('site'), '--documents', at('documents'), '--netboot', at('tftp')])
  const entryOf = (machine: string): string =>
    at('tftp/pxelinux.cfg', `01-00-16-3e-00-01-0${machine === 'host' ? 1 : 2}`)
  const tokenOf = (machine: string): string =>
    parseEntry(readFileSync(entryOf(machine), 'utf8'))?.installation?.token ?? ''
  return {
    reinstall: (words, kill) =>
      runCommand(
        ['reinstall', 'rack', ...reaching, '--netboot', at('tftp'), '--ipmi-password-file', passwordFile, ...words],
        { path: [at('bin')], ...(kill && { kill }) },
      ),
    told,
    install: async machine => {
      const file = await fetch(`${serving}/kickstart/${machine}.ks?token=${tokenOf(machine)}`)
      t.match(await file.text(), `/installed/${machine}`)
      t.match(await fetch(`${serving}/installed/${machine}`, { method: 'POST', body: tokenOf(machine) }), {
        status: 200,
      })
    },
    startAnew: async machine => {
      await start(machine, `${machine}-anew`)
      t.match(await runCommand(['apply', machine, ...reaching]), { code: 0 })
    },
    isAtWork: machine =>
      existsSync(entryOf(machine)) && (machine === 'host' ? isOn() : told(machine).includes('reboot')),
  }
}

lockingTest(
  'a rack is installed anew to its end, over ssh and by a controller; killed in the middle, once',
  async t => {
    if (skipWithoutSshd(t) || skipWithoutController(t) || skipWithoutRoot(t, 'hosts in namespaces')) return
    const { reinstall, told, install, startAnew, isAtWork } = await openBench(t)
    const refused = await reinstall([])
    t.match(refused, { code: 3, stderr: /nothing was done: host: whether anything is in use is not known: .*xl/ })
    t.match(refused.stderr, /plain: in use: plain/)
    t.same([told('host'), told('plain')], ['', ''])

    const killed = await reinstall(
      ['--force-running'],
      until(() => isAtWork('host') && isAtWork('plain')),
    )
    t.equal(killed.code, null, 'killed when both installers were at work', killed)

    for (const machine of ['plain', 'host']) await install(machine)
    await startAnew('host')
    const { code, stdout, stderr } = await reinstall([])
    t.equal(code, 0, 'it went on', { stdout, stderr })
    t.match(stdout, /^reinstall rack: \d done, \d already$/m)
    t.same([told('host'), told('plain')], ['poweroff\n', 'reboot\n'], 'each was installed once')

    const again = await reinstall(['--again', '--only', 'plain'])
    t.match(again, { code: 3, stderr: /nothing was done: plain: in use: plain/ })
    t.equal(told('plain'), 'reboot\n', 'what runs is not cut off')
  },
)
