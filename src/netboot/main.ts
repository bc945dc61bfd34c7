// xenclosure-netboot, a bootloader of xl's in dom0: `bootloader = "xenclosure-netboot"`. A small program of its own, for it
// runs at every start of a guest. What it says goes to the guest's console and to xl's log of it.
import { parseArguments } from './arguments.js'
import { boot } from './boot.js'

const say = (line: string): void => {
  process.stderr.write(`xenclosure-netboot: ${line}\n`)
}

const parsed = parseArguments(process.argv.slice(2))
if (parsed.ok) {
  try {
    process.exitCode = await boot(parsed.args, say)
  } catch (error) {
    say((error as Error).message)
    process.exitCode = 1
  }
} else {
  say(parsed.message)
  process.exitCode = 2
}
