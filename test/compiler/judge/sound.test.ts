import t from 'tap'
import { soundnessOf } from '../../../src/compiler/judge/sound.js'
import { anything, siteIn } from '../../fixtures/site-in.js'

const site = {
  ...anything,
  'profiles/h.yaml': 'system: { enclosure: { type: hypervisor, children: [a, b] } }\n',
  'profiles/i.yaml': 'include: [shared]\nsystem: { enclosure: { type: dumb, children: [c] } }\n',
  'profiles/a.yaml': '',
  'profiles/b.yaml': '',
  'profiles/c.yaml': 'include: [other]\n',
  'profiles/chassis.yaml': 'system: { enclosure: { type: blade, children: [h] } }\n',
  'templates/shared.yaml': 'hardware: { model: x }\n',
  'templates/other.yaml': 'hardware: { model: y }\n',
}

t.test('a mistake breaks the machines that it concerns and those that enclose them, no others', async t => {
  const table: readonly [string, Readonly<Record<string, string>>, readonly string[]][] = [
    ['nothing wrong', {}, []],
    ['a guest', { 'profiles/a.yaml': 'hardware: { modle: x }\n' }, ['a', 'chassis', 'h']],
    ['a template that two include', { 'templates/other.yaml': 'hardware: { model: !x y }\n' }, ['c', 'i']],
    ['a template that cannot be read', { 'templates/shared.yaml': 'hardware: {\n' }, ['i']],
    ['a missing include', { 'profiles/b.yaml': 'include: [nothing]\n' }, ['b', 'chassis', 'h']],
  ]
  for (const [say, files, broken] of table) {
    const { result } = siteIn(t, { ...site, ...files })
    t.same(soundnessOf(result)?.broken, broken, say)
  }
})

t.test('a mistake of the site itself leaves no machine to be trusted', async t => {
  const table: readonly [string, Readonly<Record<string, string>>][] = [
    ['in xenclosure.yaml', { 'xenclosure.yaml': 'site: test\nloadpaths: [templates]\n' }],
    ['in a schema', { 'components/any/schema.json': '{"type": "nonsense"}' }],
    ['in a declaration of variables', { 'variables.schema.json': '{"A": 1}' }],
  ]
  for (const [say, files] of table) t.equal(soundnessOf(siteIn(t, { ...site, ...files }).result), undefined, say)
})
