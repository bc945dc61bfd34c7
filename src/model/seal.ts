// Seals: what says which bytes a document has, which edition it is of, and who vouches for it. The compiler makes
// them, the agent checks them; both use this file, so that they cannot disagree.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Seal } from './document.js'
import { canonicalJson, isMap, parseJson } from './json.js'

/** SHA-256 in lower-case hex, of bytes or of a text's UTF-8. */
export const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

export type Edition = Pick<Seal, 'name' | 'serial' | 'commit' | 'compiler'>

/** The seal of a document's bytes, not signed. */
export const sealOf = (document: string | Uint8Array, edition: Edition): Seal =>
  sealOfDigest(digestOf(document), edition)

/** The same where their SHA-256 is known. */
export const sealOfDigest = (sha256: string, { name, serial, commit, compiler }: Edition): Seal => ({
  name,
  sha256,
  serial,
  commit,
  compiler,
})

/** What the signature is over: every field but the signature itself, as canonical JSON. */
const signedBytes = ({ name, sha256, serial, commit, compiler }: Seal): Buffer =>
  Buffer.from(canonicalJson({ name, sha256, serial, commit, compiler }))

/** The same seal, signed with a private ed25519 key (PEM, PKCS#8). Throws where the key is not one. */
export const signSeal = (seal: Seal, privateKey: string): Seal => ({
  ...seal,
  signature: sign(null, signedBytes(seal), createPrivateKey(privateKey)).toString('base64'),
})

/** Whether the owner of a public key (PEM, SPKI) signed exactly this seal. Throws where the key is not one. */
export const isSignedBy = (seal: Seal, publicKey: string): boolean =>
  seal.signature !== undefined &&
  verify(null, signedBytes(seal), createPublicKey(publicKey), Buffer.from(seal.signature, 'base64'))

/** Whether a text is a key that a signature can be checked with: a public one, or the private one that it belongs to. */
export const isKey = (text: string): boolean => {
  try {
    return createPublicKey(text).asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}

/** Whether a text is a key that can sign. */
export const isPrivateKey = (text: string): boolean => {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}

/** A new ed25519 pair as PEM: the private one for `--sign`, the public one for the agents' `--trust`. */
export const generateKeys = (): { readonly privateKey: string; readonly publicKey: string } =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })

/** Canonical JSON, as it stands in `NAME.seal`. */
export const printSeal = (seal: Seal): string => canonicalJson(seal)

/** Reads what `printSeal` wrote; undefined where the text is no seal. */
export const parseSeal = (text: string): Seal | undefined => {
  const seal = parseJson(text)
  if (!isMap(seal)) return undefined
  const { name, sha256, serial, commit, compiler, signature } = seal
  if (typeof name !== 'string' || typeof sha256 !== 'string' || typeof compiler !== 'string') return undefined
  if (typeof serial !== 'number' || !Number.isSafeInteger(serial)) return undefined
  if (commit !== null && typeof commit !== 'string') return undefined
  if (signature === undefined) return { name, sha256, serial, commit, compiler }
  return typeof signature === 'string' ? { name, sha256, serial, commit, compiler, signature } : undefined
}
