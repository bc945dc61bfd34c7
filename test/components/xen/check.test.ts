// What the compiler is told of one host's domains: the table "Checks" of components/xen/README.md; what it makes of them
// in a site, with their places, is in test/compiler/judge/check-site.test.ts.
import t from 'tap'
import { check } from '../../../components/xen/check.js'
import { checkSite } from '../../../components/xen/check-site.js'
import type { Disk, Domain } from '../../../components/xen/desired.js'
import { dom0Memory } from '../../../components/xen/dom0.js'
import { isSameDevice } from '../../../components/xen/vdev.js'
import type { Json, JsonMap } from '../../../src/model/json.js'
import { parsePointer, valueAt } from '../../../src/model/pointer.js'

const options: Domain['options'] = { uuid: 'u', type: 'pvh', memory: 1024, kernel: '/vmlinuz' }
const disk = (volume: string, access: 'rw' | 'ro' = 'rw'): Disk => ({ type: 'lvm', group: 'vg', volume, access })

t.test('values that contradict each other, at both their places', async t => {
  const cases: readonly (readonly [Domain, readonly (readonly [string, string?])[]])[] = [
    [{ options }, []],
    [{ options: { ...options, maxmem: 512 } }, [['options/maxmem', 'options/memory']]],
    [{ options: { ...options, maxvcpus: 1, vcpus: 2 } }, [['options/maxvcpus', 'options/vcpus']]],
    [{ options: { uuid: 'u', type: 'pv', memory: 64 } }, [['options/type']]],
    [{ options: { ...options, firmware: 'pvgrub64' } }, [['options/firmware', 'options/kernel']]],
    [{ options: { ...options, type: 'hvm' }, disks: { hda: disk('a', 'ro') } }, [['disks/hda/access']]],
    [{ options, disks: { xvda: disk('a'), sda: disk('b') } }, [['disks/xvda', 'disks/sda']]],
    [{ options, vifs: { eth0: { mac: '00:16:3e:00:00:01' }, eth1: { mac: '00:16:3e:00:00:01' } } }, []],
  ]
  for (const [domain, expected] of cases) {
    const found = check({ domains: { ce: domain } }).map(({ pointer, other }) => [pointer, other])
    const below = (path: string | undefined) => path && `/domains/ce/${path}`
    t.same(
      found,
      expected.map(([pointer, other]) => [below(pointer), below(other)]),
      JSON.stringify(domain),
    )
  }
})

t.test('a password is in the clear in the document: a warning', async t => {
  const ce: Domain = { options: { ...options, type: 'hvm', vncpasswd: 'a', spicepasswd: 'b' } }
  t.same(
    check({ domains: { ce } }).map(({ code, pointer }) => [code, pointer]),
    ['vncpasswd', 'spicepasswd'].map(option => ['advice', `/domains/ce/options/${option}`]),
  )
})

t.test('what a domain needs is there, is to run, and does not need it', async t => {
  const needs = (...names: readonly string[]): Domain => ({ options, needs: [...names] })
  const cases: readonly (readonly [
    Readonly<Record<string, Domain>>,
    readonly (readonly [string, string, string?])[],
  ])[] = [
    [{ a: needs('b'), b: { options } }, []],
    [{ a: needs('b', 'c'), b: needs('c'), c: { options } }, []],
    [{ a: needs('x') }, [['reference-missing', 'a/needs/0']]],
    [{ a: needs('b'), b: { options, ensure: 'stopped' } }, [['contradiction', 'a/needs/0', 'b/ensure']]],
    [{ a: needs('a') }, [['contradiction', 'a/needs/0', 'a/needs/0']]],
    [
      { a: needs('b'), b: needs('c'), c: needs('d', 'a'), d: { options } },
      [['contradiction', 'a/needs/0', 'b/needs/0']],
    ],
    [{ a: needs('b'), b: { options, ready: { port: 80 } } }, [['contradiction', 'a/needs/0', 'b/ready']]],
    [{ a: needs('b'), b: { options, ready: { port: 80 }, address: '192.0.2.1' } }, []],
  ]
  for (const [domains, expected] of cases) {
    const found = check({ domains }).map(({ code, pointer, other }) => [code, pointer, other])
    const below = (path: string | undefined) => path && `/domains/${path}`
    t.same(
      found,
      expected.map(([code, pointer, other]) => [code, below(pointer), below(other)]),
      JSON.stringify(domains),
    )
  }
  t.match(check({ domains: { a: needs('b'), b: needs('a') } })[0], { message: /circle: a -> b -> a/ })
  const beside = { message: 'a: there is no domain x here', known: ['b'] }
  t.match(check({ domains: { a: needs('x'), b: { options } } }), [beside], 'what there is beside it is a suggestion')
  t.match(check({ domains: { a: needs('x') } }), [{ message: 'a: there is no domain x here, and none but a itself' }])
})

t.test('xvda, hda and sda are one device, whole or in partitions', async t => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['xvda', 'hda', true],
    ['xvda', 'sda', true],
    ['xvda', 'xvdb', false],
    ['xvda', 'xvdaa', false],
    ['xvda', 'xvda1', true],
    ['xvda1', 'sda1', true],
    ['xvda1', 'xvda2', false],
    ['hdc', 'sdc2', true],
  ]
  for (const [a, b, expected] of cases) t.equal(isSameDevice(a, b), expected, `${a} ${b}`)
})

t.test("dom0's memory is read as Xen reads it", async t => {
  const cases: readonly (readonly [Json | undefined, number | undefined])[] = [
    [undefined, undefined],
    ['1024M', 1024],
    ['1G,max:2G', 2048],
    ['min:256M,512m', 512],
    [1048576, 1024],
    [['4G', '1G'], 1024],
    ['-1G', undefined],
    ['10%', undefined],
    ['1G+10%', undefined],
    [true, undefined],
  ]
  for (const [written, expected] of cases)
    t.equal(
      dom0Memory(pointer => (pointer.endsWith('/dom0_mem') ? written : undefined)),
      expected,
      JSON.stringify(written),
    )
})

t.test('memory counts to the last MiB, with what Xen needs for each domain', async t => {
  const faultsWith = (ram: number, domain: Domain): number => {
    const software = { components: { xen: { domains: { ce: domain } } } } as unknown as JsonMap
    const get = (pointer: string) => valueAt({ hardware: { ram: [{ size: ram }] }, software }, parsePointer(pointer))
    return checkSite({ machines: [{ name: 'h', get }] }).length
  }
  const cases: readonly (readonly [number, Domain, number])[] = [
    [1024 + 1 + 8, { options }, 0],
    [1024 + 1 + 7, { options }, 1],
    [1024 + 4 + 8, { options: { ...options, maxvcpus: 4 } }, 0],
    [1024 + 4 + 7, { options: { ...options, vcpus: 4 } }, 1],
    [2048 + 1 + 16, { options: { ...options, maxmem: 2048 } }, 0],
    [2048 + 1 + 15, { options: { ...options, maxmem: 2048 } }, 1],
    [64, { options, ensure: 'stopped' }, 0],
  ]
  for (const [ram, domain, expected] of cases)
    t.equal(faultsWith(ram, domain), expected, `${ram} ${JSON.stringify(domain)}`)
})

/** `CODE POINTER (OTHER): MESSAGE` of a host with that `/hardware/cpu` and those domains. */
const cpuFaults = (
  cpu: Json,
  domains: { readonly [name: string]: Domain },
  dom0_max_vcpus: Json = '1',
  overcommit = false,
): readonly string[] => {
  const components = { xen: { domains, overcommit }, grub: { xen: { options: { dom0_max_vcpus } } } }
  const tree = { hardware: { cpu }, software: { components } } as unknown as JsonMap
  const get = (pointer: string) => valueAt(tree, parsePointer(pointer))
  return checkSite({ machines: [{ name: 'h', get }] }).map(
    ({ code, pointer, other, message }) =>
      `${code} ${pointer.replace('/software/components/', '')} (${other?.pointer}): ${message}`,
  )
}

t.test('a domain is not pinned to CPUs that are all beyond those of its host', async t => {
  const sockets = [{ cores: 2 }, { cores: 2 }]
  const pinned = (cpus: string | string[], more: Partial<Domain['options']> = {}): Domain => ({
    options: { ...options, vcpus: 2, ...more, cpus },
  })
  const has = 'of h, which has CPUs 0 to 7 at most: two threads for each of 4 cores'
  const cases: readonly (readonly [say: string, cpus: string | string[], ...found: string[]])[] = [
    ['with two threads a core, the last one', '7'],
    ['the first that is not there', '8', `cpus (/hardware/cpu): ce may only use CPUs 8 ${has}`],
    ['ranges, and what is taken out of them', '6-9,^6-7', `cpus (/hardware/cpu): ce may only use CPUs 6-9,^6-7 ${has}`],
    ['some of them are there: Xen takes those', '0-31'],
    ['what is taken out is put back', '8-9,^0-7,3'],
    ['taken out again', '8,3,^3', `cpus (/hardware/cpu): ce may only use CPUs 8,3,^3 ${has}`],
    ['all but some', 'all,^0-3'],
    ['which CPUs a node has is not known', '9,nodes:1'],
    ['nor is what no node takes out', '9,^node:0', `cpus (/hardware/cpu): ce may only use CPUs 9,^node:0 ${has}`],
    [
      'more than can be counted one by one',
      '8-4000000000',
      `cpus (/hardware/cpu): ce may only use CPUs 8-4000000000 ${has}`,
    ],
    ['none at all is another matter', '1,^1'],
    ['what xl cannot read is another matter', '8x'],
    ['a list for each vcpu', ['9', '0', '9'], `cpus/0 (/hardware/cpu): vcpu 0 of ce may only use CPUs 9 ${has}`],
  ]
  for (const [say, cpus, ...found] of cases)
    t.same(
      cpuFaults(sockets, { ce: pinned(cpus) }),
      found.map(text => `contradiction xen/domains/ce/options/${text}`),
      say,
    )
  t.equal(cpuFaults(sockets, { ce: pinned(['0', '1', '9'], { maxvcpus: 3 }) }).length, 1, 'a vcpu that may come online')
  t.same(cpuFaults(sockets, { ce: { ...pinned('9'), ensure: 'absent' } }), [], 'of what is given up')
  for (const unknown of [[], [{ cores: 2 }, {}], null]) t.same(cpuFaults(unknown, { ce: pinned('9') }), [], 'not known')
})

t.test('a domain, or dom0, with more vcpus than its host has CPUs: a warning', async t => {
  const having = (vcpus: number, more: Partial<Domain> = {}) => ({ ce: { options: { ...options, vcpus }, ...more } })
  const one = [{ cores: 1 }]
  const has = 'h, which has 2 CPUs at most: two threads for each of 1 core'
  t.same(cpuFaults(one, having(2)), [])
  t.same(cpuFaults(one, having(3)), [`advice xen/domains/ce/options/vcpus (/hardware/cpu): ce has 3 vcpus on ${has}`])
  t.same(cpuFaults(one, having(3), '1', true), [], 'with `overcommit: true`')
  t.same(cpuFaults(one, having(3, { ensure: 'absent' })), [], 'of what is given up')
  t.same(cpuFaults([{}], having(3)), [], 'on a host of which nobody says how many it has')
  const place = 'advice grub/xen/options/dom0_max_vcpus (/hardware/cpu)'
  const limits: readonly (readonly [Json, boolean])[] = [
    ['2', false],
    ['3', true],
    [3, true],
    ['3-', true],
    ['3-4', true],
    ['0x3', true],
    ['1-3', false],
    ['-3', false],
    [['3', '2'], false],
    [['2', '3'], true],
    [true, false],
  ]
  for (const [limit, isTold] of limits)
    t.same(
      cpuFaults(one, {}, limit),
      isTold ? [`${place}: dom0 has 3 vcpus on ${has}`] : [],
      `dom0_max_vcpus=${JSON.stringify(limit)}`,
    )
})
