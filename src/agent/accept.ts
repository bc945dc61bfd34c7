// fetch and verify, and what a run goes by where they give no document: the last good one stays in force, whether the
// other was rejected or nobody answered. The report says which, and its age.
import { ageOf } from './age.js'
import { DocumentRejected } from './document-rejected.js'
import { fetchDocument } from './fetch.js'
import type { Fallback } from './report.js'
import type { RunRequest } from './run.js'
import type { Fetched, Kept } from './source.js'
import type { LastGood, Origin, State } from './state.js'
import { type Accepted, type Expectations, verifyDocument } from './verify.js'

export type Basis = {
  readonly accepted: Accepted
  /** When it was first accepted here; null where that is not recorded. */
  readonly acceptedAt: string | null
  /** What is to be remembered of where it came from; undefined for the last good document. */
  readonly origin?: Origin
  readonly fallback?: Fallback
}

/** The document that this run goes by. Throws DocumentRejected where there is none. */
export const accept = async (request: RunRequest, memory: State): Promise<Basis> => {
  const expected = await expectations(request, memory)
  const basis = request.sources.length === 0 ? inForce(memory, expected) : await newest(request, memory, expected)
  const { document, sha256, seal } = basis.accepted
  request.events({ event: 'accepted', host: document.name, sha256, serial: seal?.serial ?? null })
  return basis
}

const newest = (request: RunRequest, memory: State, expected: Expectations): Promise<Basis> =>
  fetched(request, memory, expected).catch(error => {
    if (error instanceof DocumentRejected) return lastGood(request, memory, expected, error)
    throw error
  })

/** A run without a source goes by the document that is in force, as if it had been asked for. */
const inForce = ({ lastGood: kept }: State, expected: Expectations): Basis => {
  const accepted = kept && verifyKept(kept, expected)
  if (kept !== undefined && accepted !== undefined) return { accepted, acceptedAt: kept.origin?.accepted ?? null }
  throw new DocumentRejected(
    'document-missing',
    'no document is in force here: no run has accepted one, or the rules of today reject it',
    'name one with --document',
  )
}

const expectations = async (request: RunRequest, { lastSerial }: State): Promise<Expectations> => ({
  hostname: await request.system.hostname(),
  trust: request.trust,
  lastSerial,
  validate: request.validate,
  components: request.components.map(component => component.name),
})

const fetched = async (request: RunRequest, memory: State, expected: Expectations): Promise<Basis> => {
  const { sources, ca, signal } = request
  const kept = memory.lastGood && keptOf(memory.lastGood)
  const found = await fetchDocument(sources, { ...(ca && { ca }), ...(signal && { signal }), ...(kept && { kept }) })
  const accepted = verifyDocument(found, expected)
  const origin = originOf(found, accepted, memory.lastGood, nowOf(request))
  return { accepted, acceptedAt: origin.accepted, origin }
}

const keptOf = ({ bytes, seal, origin }: LastGood): Kept | undefined =>
  origin?.validators === undefined ? undefined : { bytes, seal, from: origin.from, validators: origin.validators }

/** The time of an unchanged document is that of its first acceptance. */
const originOf = (found: Fetched, { sha256 }: Accepted, before: LastGood | undefined, now: Date): Origin => ({
  sha256,
  from: found.from,
  accepted: (before?.origin?.sha256 === sha256 && before.origin.accepted) || now.toISOString(),
  validators: found.validators,
})

const lastGood = (
  request: RunRequest,
  { lastGood: kept }: State,
  expected: Expectations,
  rejection: DocumentRejected,
): Basis => {
  const accepted = kept && verifyKept(kept, expected)
  if (kept === undefined || accepted === undefined) throw rejection
  const { code, message, remedy } = rejection
  request.events({ event: 'rejected', code, message, remedy })
  const acceptedAt = kept.origin?.accepted ?? null
  const age = acceptedAt === null ? null : ageOf(acceptedAt, nowOf(request))
  return { accepted, acceptedAt, fallback: { code, message, age } }
}

/** The rules of today hold for it too, a new trust key among them; its serial is not older than itself. */
const verifyKept = ({ bytes, seal }: LastGood, expected: Expectations): Accepted | undefined => {
  const fits = { ...expected, lastSerial: undefined }
  try {
    return verifyDocument({ source: 'the last good document', bytes, seal }, fits)
  } catch (error) {
    if (error instanceof DocumentRejected) return undefined
    throw error
  }
}

/** The time by the run's clock. */
export const nowOf = ({ now }: Pick<RunRequest, 'now'>): Date => now?.() ?? new Date()
