// A machine's name in the network, of /system/network. Pure.

/** With the domain, where there is one; undefined where the machine declares no host name. */
export const fullHostName = (network: { hostname?: string; domainname?: string }): string | undefined => {
  const { hostname, domainname } = network
  return hostname === undefined || domainname === undefined || hostname.includes('.')
    ? hostname
    : `${hostname}.${domainname}`
}
