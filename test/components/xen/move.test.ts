// What the hosts of a guest that moves are told, and what the old one makes of it: README.md, "Guests that have moved away".
import t from 'tap'
import type { Actual, ActualDomain } from '../../../components/xen/actual.js'
import type { Domain } from '../../../components/xen/desired.js'
import { misplaced, move } from '../../../components/xen/move.js'
import { orphans } from '../../../components/xen/orphans.js'
import { plan } from '../../../components/xen/plan.js'
import { bareHost } from './host.js'

const running: ActualDomain = { name: 'ce', state: 'running', config: null }
const link = { file: '50-ce', target: '../ce.cfg' }
const host = (actual: Partial<Actual>): Actual => ({
  ...bareHost,
  configs: { 'ce.cfg': 'type = "pvh"\nname = "ce"\n' },
  ...actual,
})

t.test('each host has one word', async t => {
  t.same(move('ce', { from: 'old', to: 'new' }), {
    onOldHost: [{ pointer: '/software/components/xen/movedTo/ce', value: 'new' }],
    onNewHost: [{ pointer: '/software/components/xen/domains/ce/movedFrom', value: 'old' }],
  })
})

t.test('the table of guests that have moved away', async t => {
  const rows: readonly (readonly [string, Partial<Actual>, removed: readonly string[], isMisplaced: boolean])[] = [
    ['there, linked', { domains: [running], autoLinks: [link] }, ['/etc/xen/auto/50-ce'], true],
    ['saved, linked', { saved: ['ce'], autoLinks: [link] }, ['/etc/xen/auto/50-ce'], true],
    ['there', { domains: [running] }, [], true],
    ['there: dying', { domains: [{ ...running, state: 'dying' }] }, [], true],
    [
      'there: under the name that its config gave it',
      { domains: [{ ...running, name: 'CE' }], configs: { 'ce.cfg': 'name = "CE"\n' } },
      [],
      true,
    ],
    ['saved', { saved: ['ce'] }, [], true],
    ['gone, linked', { autoLinks: [link] }, ['/etc/xen/auto/50-ce'], true],
    ['gone', {}, [], false],
    ['gone: its config too', { configs: { 'ce.cfg': null }, autoLinks: null }, [], false],
  ]
  for (const [name, actual, removed, isMisplaced] of rows) {
    const actions = plan({ movedTo: { ce: 'new' } }, host(actual))
    t.same(
      actions.flatMap(({ ops }) => ops),
      removed.map(path => ({ op: 'remove', path })),
      name,
    )
    t.same(misplaced({ movedTo: { ce: 'new' } }, host(actual)), isMisplaced ? [{ guest: 'ce', to: 'new' }] : [], name)
    t.same(orphans({ movedTo: { ce: 'new' } }, host(actual)), [], `${name}: no orphan`)
  }
})

t.test('a domain that moved away is not declared by anything else', async t => {
  const ce: Domain = { options: { uuid: 'u', type: 'pvh', memory: 128, kernel: '/srv/vmlinux' } }
  const desired = { domains: { ce }, movedTo: { ce: 'new' } }
  t.same(plan(desired, host({})), [])
  t.match(plan({ domains: { ce } }, host({})), [{ id: 'xen/ce/config' }, {}, { id: 'xen/ce/start' }])
})
