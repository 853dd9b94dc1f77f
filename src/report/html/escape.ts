// Text put into HTML: everything from a cluster is data, never markup (hostile-input: stored XSS through names, labels and messages).

import { printable } from '../../lib/text.ts';

/** Escaped for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
