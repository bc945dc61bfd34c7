// Runs of an agent on the loopback host, which is simulated, over a real sshd and a line that can be cut.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { printSeal, sealOf } from '../../src/model/seal.js'
import { HostLost, HostUnreachable, type RemoteHost } from '../../src/remote/remote-host.js'
import { runThere } from '../../src/remote/run-there.js'
import { reachOverSsh } from '../../src/remote/ssh/reach.js'
import { guest } from '../components/xen/host.js'
import { simulatedAgent } from '../fixtures/simulated-agent.js'
import { type Sshd, startSshd } from '../fixtures/sshd.js'

export const document = JSON.stringify({
  name: 'h',
  software: {
    components: {
      lvm: { groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64 } } } } },
      xen: { domains: { a: { ...guest(1), disks: { xvda: { type: 'lvm', group: 'vg', volume: 'a' } } } } },
    },
  },
})
export const seal = printSeal(sealOf(document, { name: 'h', serial: 1, commit: null, compiler: '0' }))
const errand = { document, seal, args: [] }

export type Bench = {
  readonly sshd: Sshd
  readonly place: string
  /** The simulated host. */
  readonly file: string
  readonly gate: string
  readonly agent: Buffer
  /** Reaches the host through a port. */
  readonly reach: (port: number) => Promise<RemoteHost>
}

export const openBench = async (t: Test): Promise<Bench> => {
  const sshd = await startSshd(t)
  const [place, file, gate] = ['carried', 'host.sim', 'gate'].map(name => join(sshd.directory, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(gate)
  const agent = simulatedAgent({ simulated: `${file}?ram=4GiB&pv=/dev/sdb:1GiB&hostname=h`, gate })
  const reach = async (port: number): Promise<RemoteHost> =>
    reachOverSsh({ agent, place, addressOf: () => undefined, configFile: sshd.config('h', { port }) })('h')
  return { sshd, place, file, gate, agent, reach }
}

/** What became of a run through this port, and the changes that its agent told of. */
export const runThrough = async (bench: Bench, port: number, onChange: (change: number) => void = () => undefined) => {
  const onLine = (line: string): void => {
    const [, change] = /^change (\d+)$/.exec(line) ?? []
    if (change !== undefined) onChange(Number(change))
  }
  try {
    const host = await bench.reach(port)
    try {
      return await runThere(host, errand, { onLine }, bench.place)
    } finally {
      await host.close()
    }
  } catch (error) {
    if (error instanceof HostLost || error instanceof HostUnreachable) return error
    throw error
  }
}
