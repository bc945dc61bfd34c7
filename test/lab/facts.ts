// What the host says of itself, by xl, LVM and its files: the scenarios' judges, never the agent's own words.
import { ask, type Host, waitUntil } from './host.js'

/** The ids of the running domains by name. A domain that is shut down or dying (`s`, `d` in its state) does not count. */
export const runningDomains = async (host: Host): Promise<Readonly<Record<string, string>>> => {
  const rows = (await ask(host, 'xl list')).split('\n').slice(1)
  const fields = rows.map(row => row.trim().split(/\s+/))
  const running = fields.filter(([, , , , state]) => /^[rb-]+$/.test(state ?? ''))
  return Object.fromEntries(running.map(([name, id]) => [name, id]))
}

/** The uuids of all domains but dom0, in whatever state, sorted: one that stands there twice runs twice. */
export const domainUuids = async (host: Host): Promise<readonly string[]> => {
  const rows = (await ask(host, 'xl list --verbose')).split('\n').slice(2)
  return rows.map(row => row.trim().split(/\s+/)[6] ?? '').sort()
}

/**
 * All that a run could change: domains, LVM's counters of changes, what each volume holds by blkid and by the digest of its
 * beginning, and every file below /etc, /boot and /srv with its time.
 */
export const fingerprint = (host: Host): Promise<string> =>
  ask(
    host,
    `
    xl list | awk 'NR > 1 { print $1, $2, $3, $4 }'
    vgs --noheadings -o vg_name,vg_uuid,vg_seqno
    lvs --noheadings -o vg_name,lv_name,lv_uuid,lv_size,lv_tags
    for volume in $(lvs --noheadings -o lv_path)
    do
      blkid --probe "$volume"
      dd if="$volume" bs=64K count=1 iflag=direct status=none | sha256sum
    done
    find /etc /boot /srv -printf '%p %y %m %s %T@ %l\\n' | sort`,
  )

/** Waits until the guest has said on its console, `times` times, that it is up with its disk and address; then pings it. */
export const waitForGuest = async (host: Host, name: string, address: string, times = 1): Promise<string> => {
  const timesUp = `$(grep -c 'GUEST-UP.* xvda .*ip: ${address}' ${consoleOf(name)})`
  await waitUntil(host, `[ "${timesUp}" = ${times} ]`, `xl list; tail -n 40 ${consoleOf(name)}`)
  return ask(host, `ping -c 1 -W 10 ${address.split('/')[0]}`)
}

/** Waits until a domain has the name. */
export const waitUntilThere = (host: Host, name: string): Promise<string> =>
  waitUntil(host, `xl list ${name} > /dev/null 2>&1`, 'xl list')

/** Waits until the guest answers on the bridge, however it came to run: restored, it says nothing on its console. */
export const waitForAnswer = (host: Host, address: string): Promise<string> =>
  waitUntil(host, `ping -c 1 -W 2 ${address.split('/')[0]} > /dev/null`, 'xl list')

/** How often the guest has come up since the host was made. */
export const timesUp = async (host: Host, name: string): Promise<number> =>
  Number(await ask(host, `grep -c GUEST-UP ${consoleOf(name)} || true`))

/** Waits until the guest has ended by itself, and its domain stands there as it was left. */
export const waitUntilShutDown = (host: Host, name: string): Promise<string> =>
  waitUntil(host, `xl list ${name} | grep -q -- '---s\\|--ps'`, `xl list; tail -n 40 ${consoleOf(name)}`)

/** Waits until no domain has the name. */
export const waitUntilGone = (host: Host, name: string): Promise<string> =>
  waitUntil(host, `! xl list ${name} > /dev/null 2>&1`, `xl list; tail -n 40 ${consoleOf(name)}`)

/** Waits until the guest says on its console that it sees this: a pattern of grep. */
export const waitUntilSeen = (host: Host, name: string, pattern: string): Promise<string> =>
  waitUntil(host, `grep 'GUEST-SEES.*${pattern}' ${consoleOf(name)}`, `tail -n 40 ${consoleOf(name)}`)

/** The digest that the guest has given last for what one of its disks begins with, on its console. */
export const dataOf = (host: Host, name: string, disk = 'xvda'): Promise<string> =>
  ask(host, `sed -n 's/.*GUEST-DATA ${disk} \\([0-9a-f]*\\) .*/\\1/p' ${consoleOf(name)} | tail -n 1`)

/** The same of a device or a file of the host, from `mebibytes` on, past the host's own cache. */
export const dataOn = (host: Host, path: string, mebibytes = 0): Promise<string> =>
  ask(
    host,
    `dd if=${path} bs=64K skip=${mebibytes * 16} count=1 iflag=direct status=none | sha256sum | cut -d ' ' -f 1`,
  )

/** The file of the host to which a guest's console is logged. */
const consoleOf = (name: string): string => `/var/log/xen/console/guest-${name}.log`
