// How a service speaks to systemd.
import { createNotifier } from '../../system/notify.js'
import { attempt, complain } from './tell.js'

export type Voice = {
  /** In the order of the calls. */
  readonly notify: (...assignments: readonly string[]) => void
  /** What `systemctl status` shows; said when it is another. */
  readonly status: (text: string) => void
  readonly watchdog: number | undefined
  /** Everything has been said. */
  readonly spoken: () => Promise<void>
}

/** Speaks to systemd. That it cannot be heard is told once: the work is done all the same. */
export const createVoice = (json: boolean): Voice => {
  const { notify, watchdog } = createNotifier(process.env)
  let [spoken, shown, isMute] = [Promise.resolve(), '', false]
  const speak = (...assignments: readonly string[]): void => {
    spoken = spoken.then(async () => {
      const said = await attempt(() => notify(...assignments))
      if (said instanceof Error && !isMute) complain(said, json)
      isMute ||= said instanceof Error
    })
  }
  return {
    notify: speak,
    status: text => {
      const line = text.split('\n')[0] ?? ''
      if (line !== shown) speak(`STATUS=${line}`)
      shown = line
    },
    watchdog,
    spoken: () => spoken,
  }
}
