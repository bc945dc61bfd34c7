import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { hostOptions } from '../../src/remote/host-options.js'

t.test('what of a host’s own options holds for a run that comes from elsewhere', async t => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['OPTIONS="--document /x.json"\n', []],
    ['OPTIONS="--document /x.json --trust /a.pem --trust /b.pem"', ['--trust', '/a.pem', '--trust', '/b.pem']],
    ["OPTIONS='--trust=/a.pem --interval 5m'", ['--trust', '/a.pem']],
    ['OPTIONS=--state=/srv/agent\n', ['--state', '/srv/agent']],
    ['#OPTIONS="--trust /a.pem"\nOTHER="--trust /b.pem"', []],
    ['OPTIONS="--document /x.json \\\n  --trust /a.pem"\n', ['--trust', '/a.pem']],
    ['OPTIONS="--document /x.json\n--trust /a.pem"\n', ['--trust', '/a.pem']],
    ['OPTIONS=--document /x.json \\\n--trust /a.pem\nOTHER=1', ['--trust', '/a.pem']],
    ['OPTIONS=--document "/x.json" --trust "/a key.pem"', ['--trust', '/a key.pem']],
    ['OPTIONS="--trust \\"/a key.pem\\""', ['--trust', '/a key.pem']],
    ['OPTIONS=\'--trust "/a key.pem"\'', ['--trust', '/a key.pem']],
    [`OPTIONS=--trust 'a"b' --state "it's" --trust c`, ['--trust', 'a"b', '--state', "it's", '--trust', 'c']],
    ["OPTIONS='--trust ' \"/a\" '.pem'", ['--trust', '/a.pem']],
    ['OPTIONS="--trust /a" \'.pem\'\n', ['--trust', '/a.pem']],
    [' OPTIONS = "--trust /a.pem" \r\nOTHER="x"\r\n', ['--trust', '/a.pem']],
    ['; OPTIONS="--trust /b.pem"\nno setting\nOPTIONS="--trust /a.pem', ['--trust', '/a.pem']],
    ['OTHER="\nOPTIONS=--trust /b.pem\n"\nOPTIONS=--trust /a.pem', ['--trust', '/a.pem']],
    ['OPTIONS="--trust /old.pem"\nOPTIONS="--trust /new.pem"', ['--trust', '/new.pem']],
  ]
  for (const [text, expected] of table) t.same(hostOptions(text), expected, text)
})

t.test('the file of the package names no key', async t => {
  const text = readFileSync(join(packageRoot(), 'src/build/package/debian/xenclosure-agent.default'), 'utf8')
  t.same(hostOptions(text), [])
})
