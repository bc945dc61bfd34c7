// What a machine asks for while it is installed: its kickstart file, rendered when it is asked for; and that it is told to be
// installed, which makes it boot its own disk. The entry on the TFTP server is the record of all this: it is read and written under
// the lock of those who write it, so a call that comes twice finds the token used.
import type { Document } from '../../model/document.js'
import { whileLocked } from '../../system/folder-lock.js'
import { installFiles } from '../install-files.js'
import { hasKickstart, kickstartOf } from '../kickstart/kickstart.js'
import { entriesOf, hasNetboot } from '../netboot/entry.js'
import { recordedEntry } from '../netboot/record.js'
import type { FindTextTemplate } from '../text-template-files.js'
import { refusalOf } from './access.js'
import { readDocument } from './documents.js'
import { type Reply, textReply } from './reply.js'

export type Installations = {
  /** The root of the TFTP server. */
  readonly netboot: string
  /** The site's text templates as they are now. Throws where the site cannot be read. */
  readonly templates: () => FindTextTemplate
}

export type Call = {
  readonly documents: string
  readonly machine: string
  readonly token: string | undefined
  readonly address: string
  readonly now: Date
}

export const kickstartReply = async (installations: Installations, call: Call): Promise<Reply> => {
  const document = await readDocument(call.documents, call.machine)
  if (document === undefined || !hasKickstart(document)) return unknown(call)
  const refusal = refused(installations, call, document, call.now)
  if (refusal !== undefined) return refusal
  const result = kickstartOf(document, installations.templates(), call.token)
  if (result.ok) return textReply(200, result.file.text.trimEnd())
  throw new Error(result.faults.map(({ message }) => message).join('; '))
}

export const installedReply = async (installations: Installations, call: Call): Promise<Reply> => {
  const document = await readDocument(call.documents, call.machine)
  if (document === undefined) return unknown(call)
  return whileLocked(installations.netboot, () => {
    const refusal = refused(installations, call, document, undefined)
    if (refusal !== undefined) return refusal
    const { order } = recordedEntry(document, installations.netboot) ?? {}
    const entries = entriesOf(document, 'local', undefined, order)
    if (!entries.ok) throw new Error(entries.fault.message)
    installFiles(installations.netboot, entries.files, [])
    return textReply(200, `${call.machine} boots its own disk from now on`)
  })
}

const unknown = ({ machine }: Call): Reply => textReply(404, `no machine ${machine} is installed here`)

const refused = (
  { netboot }: Installations,
  { token, address, machine }: Call,
  document: Document,
  begins: Date | undefined,
): Reply | undefined => {
  const refusal = refusalOf({ document, entry: recordedEntry(document, netboot), token, address, begins })
  if (refusal === undefined) return undefined
  const hint = hasNetboot(document)
    ? `xenclosure netboot ${machine} --state install orders an installation`
    : `${machine} has no /system/netboot, by which an installation is ordered`
  const status = refusal.isOver ? 410 : 403
  return {
    ...textReply(status, `this is not for you, the log of the server says why; ${hint}`),
    reason: refusal.reason,
  }
}
