import t from 'tap'
import { answeredWithin } from '../../src/remote/ssh/answered.js'

t.test('what is never answered is an error in time', async t => {
  t.equal(await answeredWithin<string>(60_000, done => done(undefined, 'answer')), 'answer')
  await t.rejects(
    answeredWithin<string>(60_000, done => done(new Error('no'), '')),
    { message: 'no' },
  )
  await t.rejects(
    answeredWithin<string>(20, () => undefined),
    { message: 'no answer within 0.02 s' },
  )
  await t.rejects(
    answeredWithin<string>(60_000, () => {
      throw new Error('Not connected')
    }),
    { message: 'Not connected' },
  )
})
