// trace: what the documents of a compilation were made from, so that a later one knows which of them an edit concerns.

export type Trace = {
  /** By machine, the files that make it, its profile first. */
  readonly files: ReadonlyMap<string, readonly string[]>
  /** By machine, the others that its values were read from, directly; what a parent takes from its children is not in it. */
  readonly reads: ReadonlyMap<string, ReadonlySet<string>>
  /** By file that was read, what tells its content from any other. */
  readonly digests: ReadonlyMap<string, string>
}

export const noTrace: Trace = { files: new Map(), reads: new Map(), digests: new Map() }

/** What several compiled together; undefined where a file was saved between the readings of two. */
export const joinTraces = (traces: readonly Trace[]): Trace | undefined => {
  const files = new Map<string, readonly string[]>()
  const reads = new Map<string, Set<string>>()
  const digests = new Map<string, string>()
  for (const trace of traces) {
    for (const [machine, its] of trace.files) files.set(machine, its)
    for (const [machine, others] of trace.reads) reads.set(machine, new Set([...(reads.get(machine) ?? []), ...others]))
    for (const [file, digest] of trace.digests) {
      if ((digests.get(file) ?? digest) !== digest) return undefined
      digests.set(file, digest)
    }
  }
  return { files, reads, digests }
}
