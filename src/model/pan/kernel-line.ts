// What xend made of its options for a guest's network and root on NFS: words of the kernel's command line, which xl wants
// in `extra` (the kernel's admin-guide, nfsroot). xend's order: ip, root, nfsroot, extra; of these xl puts root first.
import type { Json, JsonMap } from '../json.js'

/** xend's own, for a guest whose root is not on NFS. */
const noServer = '127.0.255.255'

/** The options with these in `extra`. As with xend, those beside `ip` say nothing without it, nor does a server without a root. */
export const withKernelLine = ({
  ip,
  netmask,
  gateway,
  hostname,
  nfs_server: server,
  nfs_root: root,
  ...options
}: JsonMap): JsonMap => {
  // It says not where its root is: it stays, and is told as what cannot be rendered.
  if (root !== undefined && server === undefined) return { ...options, nfs_root: root }
  const address =
    ip === undefined ? [] : [`ip=${[ip, server ?? noServer, gateway, netmask, hostname].map(text).join(':')}:eth0:off`]
  const nfs = root === undefined ? [] : [`nfsroot=${text(server)}:${text(root)}`]
  const words = [...address, ...nfs, ...(options.extra === undefined ? [] : [text(options.extra)])]
  return words.length === 0 ? options : { ...options, extra: words.join(' ') }
}

const text = (value: Json | undefined): string => (value === undefined ? '' : String(value))
