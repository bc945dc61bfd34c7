// What lvm sees: on answers that were recorded from a Debian 12 host, and on a simulated host that it brings to what is
// declared.
import t, { type Test } from 'tap'
import type { DeviceState } from '../../../components/lvm/actual.js'
import { lvm } from '../../../components/lvm/component.js'
import type { LVMVolumes } from '../../../components/lvm/desired.js'
import { carryOut } from '../../../src/agent/op.js'
import { MiB } from '../../../src/model/quantity.js'
import type { System } from '../../../src/model/system.js'
import { faulty, Killed } from '../../../src/system/faulty.js'
import { reportCommand } from '../../../src/system/lvm-report.js'
import { type RecordedCall, recordedSystem } from '../../../src/system/recorded.js'
import { openSimulated } from '../../../src/system/simulated/open-simulated.js'
import type { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import { recordedPath } from '../../fixtures/recorded-path.js'

const answered = (command: string, stdout: string, code = 0): RecordedCall => ({
  call: 'exec',
  argv: command.split(' '),
  effect: 'observe',
  answer: { code, stdout, stderr: '' },
})

const lsblk = (device: string, stdout: string, code = 0): RecordedCall =>
  answered(`lsblk --json --bytes -o PATH,TYPE,SIZE,SERIAL,MOUNTPOINTS ${device}`, stdout, code)

const row = (path: string, type: string, size: number, mountpoint = 'null'): string =>
  `{\n"path": "${path}",\n"type": "${type}",\n"size": ${size},\n"serial": null,\n"mountpoints": [\n${mountpoint}\n]\n}`

const recorded: readonly RecordedCall[] = [
  answered(
    reportCommand.join(' '),
    `  {
      "report": [
          {
              "vg": [
                  {"vg_name":"vg0", "vg_uuid":"e2JKf5-LOD0-2VRn-RHw2-6Suw-1QZ8-Oqu5Lx", "vg_size":"8585740288", "vg_free":"8480882688", "vg_extent_size":"4194304"}
              ]
              ,
              "pv": [
                  {"pv_name":"/dev/vdb", "pv_uuid":"CGCUjE-On1F-3TYX-zjof-2Gyp-mNF5-nwN3UU", "vg_name":"vg0", "pv_size":"8585740288"},
                  {"pv_name":"[unknown]", "pv_uuid":"x", "vg_name":"vg1", "pv_size":"8585740288"}
              ]
              ,
              "lv": [
                  {"vg_name":"vg0", "lv_name":"g1", "lv_uuid":"IzB7Tv-7z8G-UV0y-afye-FDiE-DTPC-OI2PRf", "lv_size":"104857600", "lv_attr":"-wi-ao----", "lv_tags":"", "lv_layout":"linear", "pool_lv":"", "lv_metadata_size":"", "data_percent":"", "metadata_percent":""}
              ]
              ,
              "pvseg": [
                  {"pvseg_start":"0"}
              ]
              ,
              "seg": [
                  {"vg_name":"vg0", "lv_name":"g1", "chunk_size":"0"}
              ]
          }
          ,
          {
              "pv": [
                  {"pv_name":"/dev/vdc", "pv_uuid":"Mu0HAG-SMbw-SVNM-NvUd-ADzL-s3jC-QeWd1m", "vg_name":"", "pv_size":"67108864"}
              ]
              ,
              "pvseg": [
                  {"pvseg_start":"0"}
              ]
          }
      ]
  }
`,
  ),
  ...recordedPath('/dev/disk/by-id/virtio-2', '/dev/vdb'),
  ...recordedPath('/dev/vda'),
  ...recordedPath('/dev/vdc'),
  lsblk(
    '/dev/vda',
    `{"blockdevices": [${row('/dev/vda', 'disk', 3221225472)},${row('/dev/vda1', 'part', 3220176896, '"/"')}]}`,
  ),
  answered(
    'wipefs --no-act --json /dev/vda',
    '{"signatures": [{"device": "vda", "offset": "0x1fe", "type": "dos", "uuid": null, "label": null}]}',
  ),
  answered('cmp --bytes=1048576 /dev/vda /dev/zero', '/dev/vda /dev/zero differ: byte 1, line 1\n', 1),
  { call: 'openExclusive', path: '/dev/vda', answer: false },
  ...recordedPath('/dev/disk/by-path/nope'),
  lsblk('/dev/disk/by-path/nope', '{\n   "blockdevices": [\n\n   ]\n}\n', 32),
]

t.test('the answers of a real host are read', async t => {
  const { system } = recordedSystem(recorded)
  const desired: LVMVolumes = {
    groups: {
      vg0: {
        devices: [{ path: '/dev/disk/by-id/virtio-2' }, { path: '/dev/vda' }, { path: '/dev/disk/by-path/nope' }],
      },
    },
  }
  const actual = await lvm.observe(system, desired, '')
  t.same(actual.physical, [
    { device: '/dev/vdc', group: null },
    { device: '/dev/vdb', group: 'vg0' },
    { device: '[unknown]', group: 'vg1' },
  ])
  t.match(actual.groups, [{ name: 'vg0', size: 8585740288, free: 8480882688, extent: 4 * MiB }])
  t.match(actual.volumes, [{ group: 'vg0', name: 'g1', size: 100 * MiB }])
  const bootDisk: DeviceState = {
    state: 'free',
    device: '/dev/vda',
    initialised: false,
    size: 3221225472,
    serial: null,
    holders: ['/dev/vda1'],
    mountpoints: [],
    opensExclusively: false,
    signatures: ['dos'],
    zeroed: false,
  }
  t.same(actual.devices, {
    '/dev/disk/by-id/virtio-2': { state: 'member', device: '/dev/vdb', group: 'vg0' },
    '/dev/vda': bootDisk,
    '/dev/disk/by-path/nope': { state: 'missing' },
  })
})

const desired: LVMVolumes = {
  groups: {
    vg_guests: {
      devices: [{ path: '/dev/disk/by-id/sdb', size: 100 * 1024, serial: 'S1' }, { path: '/dev/sdc' }],
      volumes: { ce: { size: 20480 }, 'ce-xvdb': { size: 1023 } },
    },
    vg_more: { devices: [{ path: '/dev/sdd' }], volumes: { se: { size: 100 } } },
  },
}

const host = (t: Test): SimulatedSystem =>
  openSimulated(`${t.testdir()}/host.json?pv=/dev/sdb:100GiB:S1&pv=/dev/sdc:100GiB&pv=/dev/sdd:1GiB`)

const run = async (system: System, wanted: LVMVolumes): Promise<number> => {
  const actions = lvm.plan(wanted, await lvm.observe(system, wanted, ''))
  for (const { ops } of actions) for (const op of ops) await carryOut(system, op)
  return actions.length
}

t.test('a simulated host converges, and the second run has nothing to do', async t => {
  const system = host(t)
  t.equal(await run(system, desired), 5)
  t.equal(await run(system, desired), 0)
  t.same(lvm.orphans?.(desired, await lvm.observe(system, desired, '')), [])
})

t.test('a group gets a device and a volume grows', async t => {
  const system = host(t)
  await run(system, { groups: { vg: { devices: [{ path: '/dev/sdd' }], volumes: { se: { size: 100 } } } } })
  const more: LVMVolumes = {
    groups: { vg: { devices: [{ path: '/dev/sdd' }, { path: '/dev/sdc' }], volumes: { se: { size: 2000 } } } },
  }
  t.equal(await run(system, more), 2)
  t.equal(await run(system, more), 0)
  t.match((await lvm.observe(system, {}, '')).volumes, [{ name: 'se', size: 2000 * MiB }])
})

t.test('a run that is killed after any operation is completed by the next one', async t => {
  const whole = host(t)
  await run(whole, desired)
  for (const killAfter of [1, 2, 3, 4]) {
    const system = host(t)
    await t.rejects(run(faulty(system, { killAfter }), desired), Killed)
    await run(system, desired)
    t.same(system.state, whole.state, `killed after ${killAfter}`)
  }
})
