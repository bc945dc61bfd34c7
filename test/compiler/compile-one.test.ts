// A machine that is compiled alone is what the whole site makes of it, and is explained in the same words.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { components } from '../../components/index.js'
import { compileSite } from '../../src/compiler/compile.js'
import { compileOne } from '../../src/compiler/compile-one.js'
import { explain } from '../../src/compiler/inspect/explain.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { fixedFiles, ledger, machines, randomSite } from '../fixtures/enclosing-site.js'
import { site as twoHosts } from '../fixtures/two-hosts.js'
import { runs } from '../property-runs.js'

const write = (dir: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

t.test('every machine of the example site', async t => {
  const { compiled } = compileSite(packageRoot(), components)
  for (const [name, document] of compiled?.documents ?? []) {
    const one = compileOne(packageRoot(), components, name)
    t.same(one?.documents.get(name), document, name)
    if (compiled !== undefined && one !== undefined)
      for (const path of ['/system/network', '/hardware/ram', '/software/components'])
        t.same(explain(one, name, path), explain(compiled, name, path), `${name}:${path}`)
  }
})

t.test('a site of anything', async t => {
  const top = t.testdir()
  let [number, alone] = [0, 0]
  fc.assert(
    fc.property(randomSite, files => {
      number += 1
      const dir = join(top, `${number}`)
      write(dir, { ...files, ...fixedFiles, 'xenclosure.yaml': 'site: test' })
      const { compiled, diagnostics } = compileSite(dir, [ledger])
      return machines.every(name => {
        const one = compileOne(dir, [ledger], name)
        // Something is wrong with it, or it may have a guest that moves.
        if (one === undefined) return true
        alone += 1
        // What is wrong with others, their documents tell.
        const isOfOthers = diagnostics.every(({ machines }) => !machines.includes(name))
        const document = compiled?.documents.get(name)
        return !isOfOthers || JSON.stringify(one.documents.get(name)) === JSON.stringify(document)
      })
    }),
    runs(60),
  )
  t.ok(alone > 20, `${alone} alone`)
})

t.test('a profile is looked for by its name, and two of one machine are in doubt', async t => {
  const dir = t.testdir()
  write(dir, {
    ...twoHosts,
    'profiles/in/some/where/lone.yaml': '',
    'profiles/.hidden/hid.yaml': '',
    'profiles/index.yaml': '',
  })
  const isCompiled = (name: string): boolean => compileOne(dir, components, name) !== undefined
  for (const name of ['a', 'h1', 'h2', 'c', 'lone']) t.ok(isCompiled(name), name)
  for (const name of ['hid', 'index', 'in', 'some/where/lone', '../profiles/lone', 'lone.yaml', ''])
    t.notOk(isCompiled(name), name)
  t.same(
    [...(compileOne(dir, components, 'lone')?.site.profiles.keys() ?? [])],
    ['a', 'b', 'c', 'h1', 'h2', 'lone'],
    'all of them, where they are asked for',
  )
  write(dir, { 'profiles/in/some/a.yaml': '' })
  t.notOk(isCompiled('a'))
  t.notOk(isCompiled('h1'), 'that encloses it')
  t.ok(isCompiled('h2'))
  write(dir, { 'profiles/in/h2.yml': '' })
  t.ok(isCompiled('h2'), 'nothing is told of other files')
})

t.test('a host of a guest that moves', async t => {
  const lock = (host: string, more = '') => ({
    'xenclosure.lock.yaml': `# The host that each guest lives on. "xenclosure compile" adds guests, "xenclosure release" changes an entry.
# Commit it: while it differs from the profiles, a guest is started on neither host.
guests:
  a: ${host}
  b: h1
${more}`,
  })
  const dir = t.testdir()
  write(dir, { ...twoHosts, ...lock('h1') })
  t.ok(compileOne(dir, components, 'h1'))
  write(dir, lock('h2'))
  const { compiled } = compileSite(dir, components)
  const enclosedBy = (host: string | undefined) => ({ parses: new Map(), parent: () => host })
  for (const [name, path] of [
    ['h1', '/software/components/xen/domains/a/movedFrom'],
    ['h2', '/software/components/xen/movedTo/a'],
  ] as const) {
    const one = compileOne(dir, components, name, enclosedBy('h1'))
    t.same(one?.documents.get(name), compiled?.documents.get(name), name)
    if (one !== undefined && compiled !== undefined) {
      t.same(explain(one, name, path), explain(compiled, name, path))
      t.match(JSON.stringify(explain(one, name, path)), /xenclosure.lock.yaml.*the move of a from h2 to h1/)
    }
  }
  t.ok(compileOne(dir, components, 'h1'), 'who enclosed what it encloses need not be known')
  for (const host of [undefined, 'h2', 'c', 'nobody'])
    t.notOk(compileOne(dir, components, 'h2', enclosedBy(host)), `it was ${host} that enclosed it`)
  t.ok(compileOne(dir, components, 'a'))
  t.notOk(compileOne(dir, components, 'nobody'))
  write(dir, lock('h9'))
  t.notOk(compileOne(dir, components, 'h1'), 'a machine that there is not')
  write(dir, lock('h1', '  elsewhere: h1\n'))
  t.notOk(compileOne(dir, components, 'h1'), 'one that is on its way here')
  write(dir, lock('h1', '  a: h1\n'))
  t.notOk(compileOne(dir, components, 'h1'), 'one that stands there twice')
  write(dir, lock('h1', '  elsewhere: h2\n'))
  t.ok(compileOne(dir, components, 'h1'))
})

t.test('what no schema says against it takes the whole site, which tells it', async t => {
  const dir = t.testdir()
  const host = twoHosts['profiles/h1.yaml'] ?? ''
  write(dir, { ...twoHosts, 'profiles/h1.yaml': host.replace('{ size: 4 GiB }', '{ size: 1 GiB }') })
  t.match(compileSite(dir, components).diagnostics, [{ machines: ['h1'] }])
  t.notOk(compileOne(dir, components, 'h1'))
  t.ok(compileOne(dir, components, 'a'), 'its guest is not to blame')
})
