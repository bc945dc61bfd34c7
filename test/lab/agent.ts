// The agent on the lab's host: how it gets there, and how it is run.
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Test } from 'tap'
import type { Captured } from './command.js'
import { ask, copyTo, type Host, onHost } from './host.js'

/** The files of this tree that go to the host. */
export type Agent = {
  /** Its Debian package. */
  readonly deb: string
  /** The host's document and its seal. */
  readonly documents: readonly string[]
}

const labhost = 'labhost'
export const debPath = '/root/xenclosure-agent.deb'
export const documentPath = '/root/document.json'
export const sealPath = '/root/document.seal'

/** The documents of the machine that the lab's host is, below the directory that the site was compiled into. */
export const documentsOf = (directory: string): readonly string[] =>
  [`${labhost}.json`, `${labhost}.seal`].map(file => `${directory}/${file}`)

/** Gives the host its document, and the document's seal if there is one. */
export const putDocuments = async (host: Host, documents: readonly string[]): Promise<void> => {
  await ask(host, `rm -f ${sealPath}`)
  for (const file of documents) await copyTo(host, `/root/document${extname(file)}`, readFileSync(file))
}

/** Makes the host a machine of the site, with its documents and the agent's package. */
export const installAgent = async (host: Host, { deb, documents }: Agent, machine = labhost): Promise<void> => {
  await putDocuments(host, documents)
  await copyTo(host, debPath, readFileSync(deb))
  await ask(host, `echo ${machine} > /etc/hostname && hostname ${machine} && dpkg --install ${debPath}`)
}

/**
 * One run of the agent. A run that starts all guests and makes the boot menu takes about 2 minutes. Where a command's time was over
 * before the host had done it, a second run makes it good, as a timer would, and that is told: an emulated host may stand still
 * for minutes where its machine is busy with others.
 */
export const runAgent = async (host: Host, options = ''): Promise<Captured> => {
  const first = await runOnce(host, options)
  const late = `${first.stdout}\n${first.stderr}`.split('\n').filter(line => outOfTime.test(line))
  if (late.length === 0) return first
  console.error(`lab: the agent runs again, for time was over on the host:\n${late.join('\n')}`)
  const { code, stdout, stderr } = await runOnce(host, options)
  return { code, stdout: first.stdout + stdout, stderr: first.stderr + stderr }
}

const runOnce = (host: Host, options: string): Promise<Captured> =>
  onHost(host, `xenclosure-agent run --document ${documentPath} ${options}`)

/** The agent's limit, or that of libxl for its scripts and for devices. */
const outOfTime = /: killed after \d+ s|libxl: error: .*(?:because of timeout|timed out)/

/**
 * Holds the exit code of a run to what it is to be. The assertion's own name has what the run did not do: of what else is
 * said of a failure, a summary of many tests keeps the beginning.
 */
export const assertExit = (
  t: Test,
  code: number | string | null,
  expected: number | string,
  said: Readonly<Record<string, unknown>>,
): void => {
  const lines = Object.values(said)
    .flat()
    .flatMap(text => (typeof text === 'string' ? text.split('\n') : []))
  const undone = lines.map(line => line.trim()).filter(line => !/^(. done .*)?$/.test(line))
  const why = code === expected ? '' : `: ${undone.join('; ')}`
  t.equal(code, expected, `exit code${why}`, said)
}

/** The agent's memory of the starts of guests, as it is two hours later: none of them counts as a sign of a crash loop. */
export const letTimePass = (host: Host): Promise<string> =>
  ask(host, "find /var/lib/xenclosure/xen/starts -type f -exec touch --date='2 hours ago' {} +")
