// The entries of the machines on the TFTP server, which are the record of what is installed by the provisioner: read, and
// written for an order.
import type { Document } from '../model/document.js'
import { installFiles } from '../provision/install-files.js'
import { type Entry, entriesOf } from '../provision/netboot/entry.js'
import { newInstallation } from '../provision/netboot/new-installation.js'
import { recordedEntry } from '../provision/netboot/record.js'

export type Entries = {
  readonly entryOf: (document: Document) => Entry | undefined
  /** The machine boots its installer from now on, by a new token. Returns that. */
  readonly order: (document: Document, order: string) => string
}

/** `root`: of the TFTP server. `within`: milliseconds that an order is to be begun within. */
export const entriesBelow = (root: string, now: () => Date, within: number): Entries => ({
  entryOf: document => recordedEntry(document, root),
  order: (document, order) => {
    const installation = newInstallation(now(), within)
    const entries = entriesOf(document, 'install', installation, order)
    if (!entries.ok) throw new Error(`bug: ${entries.fault.message}`)
    installFiles(root, entries.files, [])
    return installation.token
  },
})
