import t from 'tap'
import { LocalSystem } from '../../src/system/local.js'
import { packagesOf } from '../../src/system/packages.js'

t.test('a command of a component names the package that brings it', async t => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['lvs', 'lvm2'],
    ['vgcreate', 'lvm2'],
    ['pvs', 'lvm2'],
    ['xl', 'xen-system-amd64 (Debian) or xen (Red Hat)'],
    ['update-grub', 'grub2-common'],
    ['grub-script-check', 'grub-common'],
    ['wipefs', 'util-linux'],
    ['rm', undefined],
  ]
  for (const [command, packages] of table) t.equal(packagesOf(command), packages, command)
})

t.test('where a command is missing, the error says what to install', async t => {
  const path = process.env.PATH
  t.teardown(() => {
    process.env.PATH = path
  })
  process.env.PATH = t.testdir()
  await t.rejects(new LocalSystem().exec(['lvs', '--reportformat', 'json'], { effect: 'observe' }), {
    name: 'CommandFailed',
    message: 'lvs: no such command: install lvm2',
  })
})
