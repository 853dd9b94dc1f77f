// `cofferdam completion`: its words and flags.

import type { Command } from '../command.ts';

export const completion: Command = {
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  words: '<shell>',
  flags: [],
  examples: [
    'source <(cofferdam completion bash)',
    'cofferdam completion zsh > ~/.zfunc/_cofferdam',
    'cofferdam completion fish > ~/.config/fish/completions/cofferdam.fish',
  ],
  load: () => import('./run.ts'),
};
