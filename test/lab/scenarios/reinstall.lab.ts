// A guest is installed anew from here, by the command itself over ssh, while the host goes by the document that `serve` gives
// it. The command is killed while the installer is at work, and called again goes on. The other guest notices nothing.
import { spawn } from 'node:child_process'
import { appendFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { builtCommand } from '../../fixtures/built-command.js'
import { assertExit } from '../agent.js'
import { dataOf, dataOn, runningDomains, timesUp, waitForGuest } from '../facts.js'
import { guests } from '../guests.js'
import { ask, onHost } from '../host.js'
import { overSsh } from '../over-ssh.js'
import { hostFrom } from '../scenario.js'
import { compile, copySite } from '../site.js'

const host = await hostFrom('converged')
const [other, { name, address }] = guests
const volume = (guest: string): string => `/dev/vg_guests/${guest}`
const cmdline = (): Promise<string> => ask(host, `xl list -l ${name} | grep '"cmdline"'`)
const tags = (): Promise<string> => ask(host, `lvs --noheadings -o lv_tags vg_guests/${name} | xargs`)

const site = copySite()
appendFileSync(
  join(site, 'profiles/guests', `${name}.yaml`),
  `  install:
    kernel: /srv/guest/vmlinux
    ramdisk: /srv/guest/initrd.gz
    cmdline: console=hvc0 ip=${address} installer
`,
)
const documents = await compile(site)
// The copy's first edition is older than the one that the host has.
for (const file of readdirSync(documents).filter(file => file.endsWith('.seal'))) rmSync(join(documents, file))

/** `serve` on a free port of this machine, as the host sees it. */
const startServing = async (): Promise<string> => {
  const serving = spawn(
    process.execPath,
    [builtCommand, 'serve', '--documents', documents, '--listen', '127.0.0.1:0'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  t.teardown(() => serving.kill())
  for await (const line of createInterface(serving.stderr)) {
    const [, port] = /^http:\/\/127\.0\.0\.1:(\d+): ready$/.exec(line) ?? []
    if (port === undefined) continue
    serving.stderr.resume()
    return `http://10.0.2.2:${port}/documents/labhost.json`
  }
  throw new Error('serve ended')
}

const { [name]: first, ...before } = await runningDomains(host)
const untouched = await dataOn(host, volume(other.name))
const starts = await timesUp(host, name)

t.test('a guest that runs is installed over only when that is asked for', async t => {
  const { code, stdout } = await onHost(host, `xenclosure-agent run --document ${await startServing()}`)
  assertExit(t, code, 0, { stdout })
  const { code: refused, said } = await overSsh(host, site, ['reinstall', name])
  assertExit(t, refused, 3, { said })
  t.match(said.join('\n'), `labhost: in use: ${name}`)
  t.equal((await runningDomains(host))[name], first)
})

t.test('its installer starts, and the command is killed while it waits for its end', async t => {
  const death = new AbortController()
  const { code, said } = await overSsh(host, site, ['reinstall', name, '--force-running'], {
    kill: death.signal,
    onLine: line => {
      if (line.includes(`${name}: installed ...`)) death.abort()
    },
  })
  t.equal(code, null, 'killed', { said })
  t.match(await cmdline(), 'installer')
  t.match(await tags(), /^xenclosure_install=\d{8}T\d{6}Z-/)
  t.match(await waitForGuest(host, name, address, starts + 1), '1 received')
})

t.test('called again it goes on, and ends when the guest itself runs', async t => {
  const installer = (await runningDomains(host))[name]
  const again = overSsh(host, site, ['reinstall', name])
  await ask(host, `xl reboot ${name}`)
  const { code, answer, said } = await again
  assertExit(t, code, 0, { answer, said })
  // When it asks, the installer is still at work, or has just ended.
  t.match(answer, { steps: [{ outcome: /^(done|already)$/ }, { outcome: 'done' }] })
  t.notMatch(await cmdline(), 'installer')
  t.match(await tags(), /^xenclosure_installed=\d{8}T\d{6}Z-/)
  t.match(await waitForGuest(host, name, address, starts + 2), '1 received')
  t.equal(await dataOn(host, volume(name)), await dataOf(host, name), 'it has what was installed')
  const { [name]: now, ...others } = await runningDomains(host)
  t.not(now, installer)
  t.same(others, before, 'nobody else was restarted')
  t.equal(await dataOn(host, volume(other.name)), untouched)

  const over = await overSsh(host, site, ['reinstall', name])
  t.match(over, { code: 0, answer: { steps: [{ outcome: 'already' }, { outcome: 'done' }] } })
  t.equal((await runningDomains(host))[name], now, 'an order that is over is over')
})
