// The manual pages, and what of them the command line does not tell: what it is for, exit codes, files.
import type { ManPage } from './man-page.js'

/** xenclosure-agent(8), of the Debian package. */
export const agentPage: ManPage = {
  section: '8',
  description: [
    'Fetches the document of this Xen host, checks its seal, looks at the host and carries out the difference: volumes, domain configs, autostart, command lines of the boot menu, domains that should run and do not.',
    'Nothing is destroyed that the document does not give up and --allow does not consent to. With --noaction nothing is changed at all.',
    'Under systemd, /etc/default/xenclosure-agent holds the options. Either xenclosure-agent.timer starts a run every quarter of an hour, or xenclosure-agent-watch.service stays resident.',
  ],
  exitCodes: [
    ['0', 'Nothing is left to change.'],
    ['1', 'An action failed, something is still due after it was applied, or the host could not be observed.'],
    ['2', 'The document or an action is rejected, or the command is used wrongly.'],
    ['3', 'Something is pending or refused, or with --noaction due.'],
    ['75', 'Another run holds the lock.'],
  ],
  files: [
    ['/etc/default/xenclosure-agent', 'The options of the agent under systemd.'],
    ['/etc/xenclosure/off', 'While it is there, the agent changes nothing on this host; its text is the reason.'],
    ['/var/lib/xenclosure', 'What the agent remembers: the last document and its edition, the last report.'],
    ['/var/cache/xenclosure', 'What saves time at each start; it may be removed.'],
  ],
  seeAlso: ['xenclosure (1)', 'xl (1)', 'xl.cfg (5)', 'lvm (8)'],
}

/** xenclosure(1), of the npm package. */
export const commandPage: ManPage = {
  section: '1',
  description: [
    'A site is a directory, under git, with xenclosure.yaml: profiles, one for each machine, and the templates that they include. It is checked and compiled into one sealed document for each machine, which the agent on that machine carries out.',
    'Verbs that need a site take the one around the working directory, or --site DIR. The answer is on standard output, progress and diagnostics are on standard error; with --json both are JSON.',
  ],
  exitCodes: [
    ['0', 'Done.'],
    ['1', 'Something failed.'],
    ['2', 'What was given is wrong: the site, a document, or the use of the command.'],
    ['3', 'Something is left to do, refused, or with plan and --noaction to be done.'],
    ['75', 'Another run holds the lock of a host.'],
  ],
  files: [
    ['xenclosure.yaml', 'The site: its name, where its templates are, and variables for all machines.'],
    ['profiles/', 'A machine each.'],
    ['templates/', 'What profiles include; below it policies/ and kickstart/.'],
    ['xenclosure.lock.yaml', 'On which host each guest lives; it is committed.'],
    ['~/.ssh/config, /etc/ssh/ssh_config', 'How plan, apply and intervene reach hosts.'],
  ],
  seeAlso: ['xenclosure\\-agent (8)', 'ssh_config (5)', 'ipmitool (1)'],
}
