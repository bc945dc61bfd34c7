// What a service tells systemd (sd_notify(3)). Node has no datagram sockets of the file system, so systemd's own command
// speaks for it; the unit needs NotifyAccess=all. Outside of a service nothing is said.
import { runCommand } from './command.js'

export type Notifier = {
  /** `READY=1`, `STATUS=...`. Throws CommandFailed where systemd-notify cannot say it. */
  readonly notify: (...assignments: readonly string[]) => Promise<void>
  /** Milliseconds in which systemd wants to hear WATCHDOG=1; undefined where it does not. */
  readonly watchdog: number | undefined
}

/** For this process, by the environment that systemd gave it. */
export const createNotifier = (env: NodeJS.ProcessEnv): Notifier => {
  const isHeard = env.NOTIFY_SOCKET !== undefined && env.NOTIFY_SOCKET !== ''
  const isWatched = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(process.pid)
  const period = Number(env.WATCHDOG_USEC) / 1000
  return {
    notify: async (...assignments) => {
      if (isHeard) await runCommand(['systemd-notify', ...assignments], { effect: 'observe', timeout: 5000 })
    },
    watchdog: isHeard && isWatched && period > 0 ? period : undefined,
  }
}
