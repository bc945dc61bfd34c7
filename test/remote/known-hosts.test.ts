import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  entriesFor,
  fingerprintOf,
  judgeHost,
  judgeKey,
  lookupName,
  parseKnownHosts,
} from '../../src/remote/ssh/known-hosts.js'
import { makeKey, publicKey } from '../fixtures/sshd.js'
import { skipWithout } from '../oracles/require-tool.js'

const [type, key, other] = ['ssh-ed25519', keyOf(1), keyOf(2)]

/** A key as it stands in a line; of ed25519 by its form. */
function keyOf(byte: number): string {
  const text = (content: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(content.length)
    return Buffer.concat([length, content])
  }
  return Buffer.concat([text(Buffer.from('ssh-ed25519')), text(Buffer.alloc(32, byte))]).toString('base64')
}

const verdict = (lines: string, name: string, shown = key): string => {
  const { is } = judgeKey(entriesFor(parseKnownHosts('known_hosts', lines), name), Buffer.from(shown, 'base64'))
  return is
}

t.test('what known_hosts says of a key', async t => {
  const table: readonly (readonly [string, string, string])[] = [
    [`ce ${type} ${key}`, 'ce', 'known'],
    [`ce,192.0.2.1 ${type} ${key} a comment`, '192.0.2.1', 'known'],
    [`# ce ${type} ${key}`, 'ce', 'unknown'],
    ['', 'ce', 'unknown'],
    [`ce ${type}`, 'ce', 'unknown'],
    [`ce ${type} ${other}`, 'ce', 'changed'],
    [`ce ssh-rsa AAAA`, 'ce', 'unknown'],
    [`ce ${type} ${other}\nce ${type} ${key}`, 'ce', 'known'],
    [`*.example.org ${type} ${key}`, 'ce.example.org', 'known'],
    [`*.example.org,!ce.example.org ${type} ${key}`, 'ce.example.org', 'unknown'],
    [`c? ${type} ${key}`, 'ce', 'known'],
    [`c.e ${type} ${key}`, 'cxe', 'unknown'],
    [`[ce]:2222 ${type} ${key}`, '[ce]:2222', 'known'],
    [`[ce]:2222 ${type} ${key}`, 'ce', 'unknown'],
    [`@revoked * ${type} ${key}\nce ${type} ${key}`, 'ce', 'revoked'],
    [`@cert-authority ce ${type} ${other}`, 'ce', 'authority'],
    [`@cert-authority ce ${type} ${other}\nce ${type} ${key}`, 'ce', 'known'],
    [`@something ce ${type} ${key}`, 'ce', 'unknown'],
  ]
  for (const [lines, name, expected] of table) t.equal(verdict(lines, name), expected, `${name} by ${lines}`)
})

t.test('what known_hosts says of a host on another port', async t => {
  const named = '[ce]:2222'
  const table: readonly (readonly [string, string])[] = [
    [`ce ${type} ${key}`, 'known'],
    [`* ${type} ${key}`, 'known'],
    [`ce ${type} ${other}`, 'unknown'],
    [`ce ${type} ${key}\n${named} ${type} ${other}`, 'changed'],
    [`ce ${type} ${key}\n${named} ssh-rsa AAAA`, 'unknown'],
    [`ce ${type} ${other}\n${named} ${type} ${key}`, 'known'],
    [`@revoked ce ${type} ${key}\n${named} ${type} ${key}`, 'revoked'],
    [`@revoked ${named} ${type} ${key}\nce ${type} ${key}`, 'revoked'],
    [`@cert-authority ce ${type} ${other}`, 'authority'],
    [`@cert-authority ${named} ${type} ${other}`, 'authority'],
    [`@cert-authority ${named} ${type} ${other}\nce ${type} ${key}`, 'known'],
  ]
  for (const [lines, expected] of table) {
    const entries = parseKnownHosts('known_hosts', lines)
    const byName = { named: entriesFor(entries, named), bare: entriesFor(entries, 'ce') }
    t.equal(judgeHost(byName, Buffer.from(key, 'base64')).is, expected, lines)
  }
})

t.test('the name that a host is looked up by', async t => {
  t.same([lookupName('CE.example.org', 22), lookupName('ce', 2222)], ['ce.example.org', '[ce]:2222'])
})

t.test('hashed names and fingerprints are those of ssh-keygen', async t => {
  if (skipWithout(t, 'ssh-keygen', 'apt-get install -y --no-install-recommends openssh-client')) return
  const dir = t.testdir()
  const real = publicKey(makeKey(dir, 'host'))
  const blob = Buffer.from(real.split(' ')[1] ?? '', 'base64')
  t.match(execFileSync('ssh-keygen', ['-lf', join(dir, 'host.pub')], { encoding: 'utf8' }), fingerprintOf(blob))
  const file = join(dir, 'known_hosts')
  writeFileSync(file, `ce,192.0.2.1 ${real}\n[se]:2222 ${real}\n`)
  t.equal(spawnSync('ssh-keygen', ['-H', '-f', file]).status, 0)
  const hashed = parseKnownHosts(file, execFileSync('cat', [file], { encoding: 'utf8' }))
  for (const name of ['ce', '192.0.2.1', '[se]:2222'])
    t.equal(judgeKey(entriesFor(hashed, name), blob).is, 'known', name)
  for (const name of ['se', '[ce]:22', '192.0.2.11'])
    t.equal(judgeKey(entriesFor(hashed, name), blob).is, 'unknown', name)
})
