// The agent on the lab's host: how it gets there, and how it is run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Captured } from './command.js'
import { copyTo, type Host, onHost } from './host.js'

const machine = 'labhost'
const agentPath = '/usr/local/lib/xenclosure-agent.mjs'
const documentPath = `/root/${machine}.json`

/** Makes the host the machine of the example site, with its document, the document's seal and the bundled agent. */
export const installAgent = async (host: Host, bundle: string, documents: string): Promise<void> => {
  for (const file of [`${machine}.json`, `${machine}.seal`]) {
    await copyTo(host, `/root/${file}`, readFileSync(join(documents, file)))
  }
  await copyTo(host, agentPath, readFileSync(bundle))
  const { code, stderr } = await onHost(host, `echo ${machine} > /etc/hostname && hostname ${machine}`, 60)
  if (code !== 0) throw new Error(`naming the host: ${stderr}`)
}

/** One run of the agent. A run that starts both guests and makes the boot menu takes about 90 s. */
export const runAgent = (host: Host, options = ''): Promise<Captured> =>
  onHost(host, `node ${agentPath} run --document ${documentPath} ${options}`, 450)
