// What GRUB's variables are when it has read grub.cfg: the lines outside of menu entries, as far as grub-mkconfig and
// scripts like it write them (set, load_env, save_env, if). Other commands do nothing, other questions are answered no.

export type Variables = Map<string, string>

/** `environment` is changed by what is saved. */
export const readVariables = (config: string, environment: Map<string, string>): Variables => {
  const variables: Variables = new Map()
  /** Of the conditions that are open, whether the branch that is read is taken. */
  const branches: boolean[] = []
  let depth = 0
  for (const line of config.split('\n').map(text => text.trim())) {
    if (line.endsWith('{')) depth += 1
    if (line === '}') depth -= 1
    if (depth > 0) continue
    const condition = /^if \[ (.*) \] ?; then$/.exec(line)?.[1]
    if (condition !== undefined) branches.push(holds(condition, variables, environment))
    else if (line === 'else') branches.push(!(branches.pop() ?? false))
    else if (line === 'fi') branches.pop()
    else if (!branches.includes(false)) execute(line, variables, environment)
  }
  return variables
}

const holds = (condition: string, variables: Variables, environment: ReadonlyMap<string, string>): boolean => {
  if (condition === '-s $prefix/grubenv') return environment.size > 0
  const [, left = '', , right] = /^"([^"]*)"( = (\S+))?$/.exec(condition) ?? []
  const value = expand(left, variables)
  return right === undefined ? value !== '' : value === right
}

const execute = (line: string, variables: Variables, environment: Map<string, string>): void => {
  const [, name, value] = /^set (\w+)=(.*)$/.exec(line) ?? []
  const saved = /^save_env (\w+)$/.exec(line)?.[1]
  if (name !== undefined) variables.set(name, expand((value ?? '').replace(/^"(.*)"$/, '$1'), variables))
  else if (saved !== undefined) environment.set(saved, variables.get(saved) ?? '')
  else if (line === 'load_env') for (const [key, text] of environment) variables.set(key, text)
}

export const expand = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$\{(\w+)\}/g, (_all, name: string) => variables.get(name) ?? '')
