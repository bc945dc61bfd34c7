// The installer's options of an ncm-xen domain as our install_options. An installer that cannot be rendered as it was
// meant is none at all: the domain itself is not touched by that.
import { canonicalJson, type Json, type JsonMap } from '../json.js'
import { withKernelLine } from './kernel-line.js'
import { readOption } from './option.js'

export type PanInstaller =
  | { readonly ok: true; readonly options: JsonMap }
  | { readonly ok: false; readonly faults: readonly string[] }

/** What the installer has from the domain, whoever writes it again. */
const shared = ['name', 'builder', 'disk', 'vif', 'cpus', 'vfb']

/** `domain` has the domain's own options, in ncm-xen's words. */
export const readInstaller = (written: JsonMap, domain: JsonMap): PanInstaller => {
  // Our installer is always kept when it ends, which proves that it ended.
  const own = Object.entries(withKernelLine(written)).filter(([key]) => !key.startsWith('on_'))
  const options = own.map(([key, value]) =>
    shared.includes(key) ? sharedOption(key, value, domain) : readOption(key, value),
  )
  const faults = options.flatMap(option => (option.ok ? [] : [option.fault]))
  if (faults.length > 0) return { ok: false, faults }
  return { ok: true, options: Object.fromEntries(options.flatMap(option => (option.ok ? option.entries : []))) }
}

const sharedOption = (key: string, value: Json, domain: JsonMap): ReturnType<typeof readOption> => {
  const own = domain[key]
  const isSame = own !== undefined && canonicalJson(own) === canonicalJson(value)
  return isSame ? { ok: true, entries: [] } : { ok: false, fault: `option ${key} is another one than the domain's` }
}
