import { Argument, Command } from 'commander'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { completionScripts } from './completion/scripts.ts'
import { withExamples } from './shared/examples.ts'

export interface CompletionOptions {
  readonly shell: keyof typeof completionScripts
  /** The whole program: what is to be completed. */
  readonly program: Command
}

export function completionCommand(io: Io, run = runCompletion): Command {
  const command = withExamples(new Command(), [
    ['source <(iops completion bash)', 'in ~/.bashrc'],
    ['source <(iops completion zsh)', 'in ~/.zshrc, after compinit'],
    ['iops completion fish > ~/.config/fish/completions/iops.fish', 'once'],
  ])
  return command
    .description('Prints a script that completes commands, flags and their values.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(completionScripts)))
    .action((shell: CompletionOptions['shell']) => run({ shell, program: command.parent ?? command }, io))
}

export async function runCompletion({ shell, program }: CompletionOptions, io: Io): Promise<void> {
  await writeOut(io, completionScripts[shell](program))
}
