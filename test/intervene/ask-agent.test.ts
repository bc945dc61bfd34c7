// How an agent's report is read by those who asked it.
import t from 'tap'
import { namesOfWaits, waitsText } from '../../src/intervene/ask-agent.js'

const action = (component: string, resource: string, step: string) => ({
  id: `${component}/${resource}/${step}`,
  component,
  resource,
})

/** A guest has the name of a volume group, another that of a volume in it. */
const report = {
  actions: [
    action('lvm', 'vg0', 'extend'),
    action('lvm', 'vg0/se', 'grow'),
    action('xen', 'vg0', 'install'),
    action('xen', 'se', 'restart'),
  ],
  waits: [
    { for: 'destroy:lvm/vg0', actions: ['lvm/vg0/extend'] },
    { for: 'close:vg0/se', actions: ['lvm/vg0/se/grow'] },
    { for: 'install:vg0', actions: ['xen/vg0/install'] },
    { for: 'reboot', actions: ['lvm/vg0/se/grow', 'xen/se/restart'] },
  ],
}

t.test('what a guest waits for is what its own actions wait for', async t => {
  const table = [
    ['vg0', ['install:vg0']],
    ['se', ['reboot']],
    ['other', []],
    [undefined, ['destroy:lvm/vg0', 'close:vg0/se', 'install:vg0', 'reboot']],
  ] as const
  for (const [guest, names] of table) t.same(namesOfWaits(report, guest), names, guest ?? 'all')
  t.equal(waitsText(report), '; waits for destroy:lvm/vg0, close:vg0/se, install:vg0, reboot')
})

t.test('of a report that says nothing, nothing is waited for', async t => {
  for (const said of [undefined, null, {}, { waits: [{ for: 'reboot', actions: ['xen/se/restart'] }] }])
    t.same(namesOfWaits(said, 'se'), [])
  t.equal(waitsText({}), '')
})
