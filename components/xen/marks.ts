// Where an administrator's word on a guest stands: below the component's memory, written by `agent hold` and `agent claim`.
// That the file is there is what counts.

/** `GUEST.json`: hands off. */
export const holdsDirectory = (memory: string): string => `${memory}/holds`
/** `GUEST.json`: of all hosts that reach the guest's shared disks, this one may start it. */
export const claimsDirectory = (memory: string): string => `${memory}/claims`
