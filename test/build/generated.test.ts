import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { componentNames, printComponentList } from '../../src/build/components.js'
import { generatedFiles } from '../../src/build/generated.js'
import { packageRoot } from '../../src/compiler/package-root.js'

const root = packageRoot()

t.test('every generated file is current (else: npm run generate)', async t => {
  for (const [path, content] of await generatedFiles(root))
    t.equal(readFileSync(join(root, path), 'utf8'), content, path)
})

t.test('a component is a folder with a component.ts', async t => {
  const dir = t.testdir({
    components: {
      'net-bridge': { 'component.ts': '' },
      disk: { 'component.ts': '' },
      later: { 'schema.json': '{}' },
      'index.ts': '',
    },
  })
  t.same(componentNames(dir), ['disk', 'net-bridge'])
  t.match(printComponentList(componentNames(dir)), "import { netBridge } from './net-bridge/component.js'")
  t.match(printComponentList(componentNames(dir)), '= [disk, netBridge]')
})

t.test('compiler, agent and build name no component: they take what the list has', async t => {
  const sources = ['compiler', 'agent', 'build'].flatMap(stage =>
    readdirSync(join(root, 'src', stage), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .map(path => join('src', stage, path)),
  )
  const naming = new RegExp(
    `components/(${componentNames(root).join('|')})\\b|['"](${componentNames(root).join('|')})['"]`,
  )
  const isCode = (line: string): boolean => !/^\s*(\/\/|\*|\/\*)/.test(line)
  for (const path of sources) {
    const lines = readFileSync(join(root, path), 'utf8').split('\n').filter(isCode)
    t.same(
      lines.filter(line => naming.test(line)),
      [],
      path,
    )
  }
})
