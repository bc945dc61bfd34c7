// What hosts come to together, whatever they say: hosts are played here.
import t from 'tap'
import { Interrupted } from '../../../src/cli/agent/tell.js'
import { worstOf } from '../../../src/cli/remote/answer.js'
import { type HostResult, runOnHosts } from '../../../src/cli/remote/run-on-hosts.js'
import { HostUnreachable, type RemoteHost } from '../../../src/remote/remote-host.js'

/** The agent of each host ends with this. */
const runWith = (outcomes: Readonly<Record<string, { readonly code: number; readonly stdout: string }>>) => {
  const reach = async (name: string): Promise<RemoteHost> => ({
    name,
    exec: async () => ({ code: 0, stdout: '', stderr: '' }),
    agent: async () => ({ stderr: '', ...(outcomes[name] ?? { code: 0, stdout: '' }) }),
    put: async () => undefined,
    close: async () => undefined,
  })
  const errands = Object.keys(outcomes).map(name => ({ name, document: '{}', seal: '', args: [] }))
  return runOnHosts(errands, { reach, jobs: 2, json: false, signal: new AbortController().signal })
}

const report = {
  ...{ time: '2026-01-01T00:00:00.000Z', host: 'sound', document: {}, versions: {}, unsealed: false, ignored: [] },
  ...{ observed: {}, actions: [], waits: [], holds: [], orphans: [], misplaced: [], migration: {}, drift: [] },
  converged: true,
}

t.test('a host that prints no report has failed, whatever its exit code, and stops no other', async t => {
  const say = (said: unknown) => ({ code: 0, stdout: JSON.stringify(said) })
  const results = await runWith({
    sound: say(report),
    silent: { code: 0, stdout: '' },
    killed: { code: 137, stdout: '{"time' },
    strange: say({}),
    stranger: say({ ...report, actions: [{}] }),
    list: say([report]),
  })
  t.match(results, [
    { host: 'sound', code: 0, report: { converged: true } },
    { host: 'silent', code: 1, error: 'the agent ended with 0, and printed no report' },
    { host: 'killed', code: 137, error: 'the agent ended with 137, and printed no report' },
    ...['strange', 'stranger', 'list'].map(host => ({ host, code: 1, report: undefined })),
  ])
})

t.test('whoever interrupts is told what becomes of the hosts', async t => {
  const interruption = new AbortController()
  const reach = (_name: string, signal?: AbortSignal): Promise<RemoteHost> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      interruption.abort(new Interrupted('SIGINT'))
    })
  const said = t.capture(process.stderr, 'write', () => true)
  const errands = ['a', 'b'].map(name => ({ name, document: '{}', seal: '', args: [] }))
  const results = await runOnHosts(errands, { reach, jobs: 1, json: false, signal: interruption.signal })
  t.match(results, [
    { host: 'a', code: 1, error: 'interrupted by SIGINT before it was reached' },
    { host: 'b', code: 1, error: 'interrupted by SIGINT before it was reached' },
  ])
  t.equal(
    said().filter(({ args: [line] }) => /^interrupted: what is under way on a host ends/.test(String(line))).length,
    1,
  )
})

t.test('a line of progress names its host once', async t => {
  const table: readonly (readonly [string, string])[] = [
    ['ce (root@192.0.2.1:2222): connection refused', 'ce: error: root@192.0.2.1:2222: connection refused\n'],
    ['ce: the connection is lost', 'ce: error: the connection is lost\n'],
    ['cellar: it is another', 'ce: error: cellar: it is another\n'],
  ]
  const errand = { name: 'ce', document: '{}', seal: '', args: [] }
  const { signal } = new AbortController()
  for (const [message, expected] of table) {
    const said = t.capture(process.stderr, 'write', () => true)
    const reach = (): Promise<RemoteHost> => Promise.reject(new HostUnreachable(message))
    const results = await runOnHosts([errand], { reach, jobs: 1, json: false, signal })
    said.restore()
    t.equal(said.args()[0]?.[0], expected)
    t.match(results, [{ error: message }], 'and as it is for programs')
  }
})

t.test('the exit code for all of them is the worst', async t => {
  const table: readonly (readonly [readonly number[], number])[] = [
    [[], 0],
    [[0, 0], 0],
    [[0, 3], 3],
    [[3, 75], 75],
    [[75, 3, 2], 2],
    [[2, 1, 0], 1],
    [[3, 137], 1],
    [[2, 127, 75], 1],
  ]
  for (const [codes, expected] of table) {
    const results: readonly HostResult[] = codes.map(code => ({ host: 'h', code }))
    t.equal(worstOf(results), expected, codes.join(', '))
  }
})
