// The agent on the lab's host: how it gets there, and how it is run.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Captured } from './command.js'
import { ask, copyTo, type Host, onHost } from './host.js'

/** The files of this tree that go to the host. */
export type Agent = {
  /** The bundled agent. */
  readonly bundle: string
  /** The host's document and its seal. */
  readonly documents: readonly string[]
}

const machine = 'labhost'
export const agentPath = '/usr/local/lib/xenclosure-agent.mjs'
export const documentPath = `/root/${machine}.json`

/** The documents of the machine that the lab's host is, below the directory that the site was compiled into. */
export const documentsOf = (directory: string): readonly string[] =>
  [`${machine}.json`, `${machine}.seal`].map(file => `${directory}/${file}`)

/** Makes the host the machine of the example site, with its document, the document's seal and the bundled agent. */
export const installAgent = async (host: Host, { bundle, documents }: Agent): Promise<void> => {
  for (const file of documents) await copyTo(host, `/root/${basename(file)}`, readFileSync(file))
  await copyTo(host, agentPath, readFileSync(bundle))
  await ask(host, `echo ${machine} > /etc/hostname && hostname ${machine}`)
}

/** One run of the agent. A run that starts all guests and makes the boot menu takes about 2 minutes. */
export const runAgent = (host: Host, options = ''): Promise<Captured> =>
  onHost(host, `node ${agentPath} run --document ${documentPath} ${options}`, 600)

/**
 * Gives the host another edition of its document, without a seal, as a site without keys would; the function that comes
 * back restores the edition before.
 */
export const editDocument = async (host: Host, edit: (text: string) => string): Promise<() => Promise<void>> => {
  const before = await ask(host, `cat ${documentPath}`)
  const after = edit(before)
  if (after === before) throw new Error('the edition changes nothing')
  await ask(host, `rm -f ${documentPath.replace('.json', '.seal')}`)
  await copyTo(host, documentPath, after)
  return () => copyTo(host, documentPath, before)
}
