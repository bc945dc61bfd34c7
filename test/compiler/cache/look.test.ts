// What has changed of a site that is watched: nothing that was found once is forgotten before it is kept.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { listInputs } from '../../../src/compiler/cache/inputs.js'
import type { Kept } from '../../../src/compiler/cache/kept.js'
import { lookAgain } from '../../../src/compiler/cache/look.js'
import { emptyMemory } from '../../../src/compiler/cache/memory.js'

t.test('a file that came is found again, where what came of it was overtaken by another save', async t => {
  const dir = t.testdir({ 'xenclosure.yaml': 'site: a', profiles: { 'a.yaml': '' } })
  const kept = { inputs: listInputs(dir, []) ?? '', loadpath: [] as readonly string[] } as Kept
  t.match(kept.inputs, 'a.yaml')
  let files = new Set<string>()
  const follow = (): void => {
    files = new Set()
  }
  const memory = emptyMemory({ files: () => files, follow, isQuiet: async () => false })
  memory.inputs = kept.inputs
  const save = (name: string): void => {
    const path = join(dir, 'profiles', name)
    writeFileSync(path, 'x: 1')
    files.add(path)
  }
  save('b.yaml')
  t.match(lookAgain(kept, dir, memory)?.inputs, 'b.yaml')
  save('a.yaml')
  t.match(lookAgain(kept, dir, memory)?.inputs, 'b.yaml')
})
