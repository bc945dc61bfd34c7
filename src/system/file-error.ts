// An error of a file operation as Node's own look (code, syscall, path): what a System throws where it finds one itself.

/** `fileError('EEXIST', 'file already exists', 'symlink', path)`. */
export const fileError = (code: string, reason: string, syscall: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${reason}, ${syscall} '${path}'`), { code, syscall, path })
