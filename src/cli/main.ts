// The command `xenclosure` from its modules, as they are compiled one by one; what is installed is made of them (start.ts).
import { runCommand } from './command.js'

await runCommand()
