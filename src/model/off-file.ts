// Where an administrator switches the agent off; it stands beside no state, so that it can be laid down before the agent
// comes, and outlives a state that is removed.
export const offFile = '/etc/xenclosure/off'
