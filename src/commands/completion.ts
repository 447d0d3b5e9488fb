import { Argument, Command } from 'commander'
import type { Io } from '../program/io.ts'
import { completionScripts } from './completion/scripts.ts'
import { withExamples } from './shared/examples.ts'

export function completionCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['source <(iops completion bash)', 'in ~/.bashrc'],
    ['source <(iops completion zsh)', 'in ~/.zshrc, after compinit'],
    ['iops completion fish > ~/.config/fish/completions/iops.fish', 'once'],
  ])
  return command
    .description('Prints a script that completes commands, flags and their values.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(completionScripts)))
    .action((shell: keyof typeof completionScripts) => {
      const program = command.parent
      if (program) io.stdout.write(completionScripts[shell](program))
    })
}
