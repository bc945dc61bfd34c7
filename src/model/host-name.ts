// A machine's name in the network, of /system/network. Pure.

/** RFC 1123 and `_`, which Linux and DNS take and names of machines may have; an installation may be more strict. */
const label = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/

/** Whether a text can be a host name or a domain: labels with dots between. */
export const isDomainName = (text: string): boolean =>
  text.length <= 253 && text.split('.').every(part => label.test(part))

/** With the domain, where there is one; undefined where the machine declares no host name. */
export const fullHostName = (network: { hostname?: string; domainname?: string }): string | undefined => {
  const { hostname, domainname } = network
  return hostname === undefined || domainname === undefined || hostname.includes('.')
    ? hostname
    : `${hostname}.${domainname}`
}

/** A machine answers to its full name and to its first label; two full names must be equal (RFC 1123: case is nothing). */
export const isSameMachine = (documentName: string, hostname: string): boolean => {
  const [a, b] = [documentName.toLowerCase(), hostname.toLowerCase()]
  if (a.includes('.') && b.includes('.')) return a === b
  return a.split('.')[0] === b.split('.')[0]
}
