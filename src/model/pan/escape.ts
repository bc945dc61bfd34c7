// Pan's escape(): every sign of a key that is no letter or digit, and a digit that comes first, is written as an
// underscore and two hex digits.

/** `vm0_2eexample_2eorg` -> `vm0.example.org`. A key that escape() cannot have written (`physical_devs`) stays as it is. */
export const unescapeKey = (key: string): string => {
  const plain = key.replace(/_([2-7][0-9a-f])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return escapeKey(plain) === key ? plain : key
}

const escapeKey = (plain: string): string =>
  plain.replace(/^[0-9]|[^A-Za-z0-9]/g, sign => `_${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
