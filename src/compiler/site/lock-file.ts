/** Beside xenclosure.yaml; lock.ts reads and prints it. */
export const lockFile = 'xenclosure.lock.yaml'
