// Which patterns of a site's schemas need no limit of time.
import t from 'tap'
import { isOnePass } from '../../src/compiler/judge-bounded.js'

t.test('a pattern goes over a text once, or may go back and forth', async t => {
  const once = ['^/', '^[a-z0-9.-]+$', '^a{2,}$', '^\\d{1,3}x$', '^.*?x$', '^[^()|]*\\(ok\\)$', '^[\\]+]b*$']
  for (const pattern of once) t.ok(isOnePass(pattern), `once: ${pattern}`)
  const perhapsMore = [
    'a+$',
    '^(a+)+$',
    '^a*a*$',
    '^a|b+$',
    '^[a-z]+[a-z]*$',
    '^(?=a)',
    '^[a',
    '^x{1,}y+$',
    '^\\d{1,3}x?$',
  ]
  for (const pattern of perhapsMore) t.notOk(isOnePass(pattern), `perhaps more: ${pattern}`)
  t.notOk(isOnePass(`^${'a?'.repeat(30)}${'a'.repeat(30)}$`), 'twice as long with each a?')
  t.notOk(isOnePass('^a{0,999}a{0,999}a{0,999}b$'), 'limits multiply')
})
