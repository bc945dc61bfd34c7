// What a run says while it works: one type behind the human line and the JSON line. The answer is the report.
import type { GatedAction, Outcome } from '../model/action.js'
import type { RejectionCode } from './document-rejected.js'

export type AgentEvent =
  /** Another run holds the lock; its end is waited for. */
  | { readonly event: 'locked' }
  /** Commands of a run that was killed are still at work. */
  | { readonly event: 'waiting'; readonly pids: readonly number[] }
  /** The document that was asked for is not applied; where there is a last good one, that is. */
  | { readonly event: 'rejected'; readonly code: RejectionCode; readonly message: string; readonly remedy: string }
  | { readonly event: 'accepted'; readonly host: string; readonly sha256: string; readonly serial: number | null }
  /** A hold that an administrator put up has ended by itself. */
  | { readonly event: 'hold-over'; readonly guest: string }
  /** An order to install a guest anew was not begun in its time, and is none any more. */
  | { readonly event: 'order-overdue'; readonly guest: string; readonly order: string }
  /** By the clock it is yet to be given: it is not begun while that is so. */
  | { readonly event: 'order-ahead'; readonly guest: string; readonly order: string }
  | { readonly event: 'planned'; readonly actions: readonly GatedAction[] }
  | { readonly event: 'started'; readonly id: string; readonly summary: string }
  | { readonly event: 'finished'; readonly id: string; readonly result: Result }

/** What became of one action. */
export type Result = {
  readonly outcome: Outcome
  /** Why it failed or was skipped. */
  readonly error?: string
  /** Milliseconds that its operations took. */
  readonly duration?: number
}

export type Listener = (event: AgentEvent) => void
