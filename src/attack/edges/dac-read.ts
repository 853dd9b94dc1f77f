// Edge dac-read. open_by_handle_at opens any file of the file system below.

import { byContainer, filesOfItsNodes } from '../by-container.ts';
import { pod } from '../examples.ts';
import { capabilities, hasUserNamespace } from '../settings.ts';

export const dacRead = byContainer({
  id: 'dac-read',
  title: 'Reads files of its node by handle',
  needs: 'CAP_DAC_READ_SEARCH',
  gains: 'files of its node',
  technique: { attack: 'T1611', matrix: '' },
  fix: 'drop DAC_READ_SEARCH',
  effort: 1,
  cost: 2,
  opens: (container, pod) => {
    const paths = capabilities(container, ['DAC_READ_SEARCH']);
    return paths.length === 0 ? undefined : { paths, text: 'the capability DAC_READ_SEARCH', known: !hasUserNamespace(pod) };
  },
  gain: filesOfItsNodes,
  example: { objects: [pod({ securityContext: { capabilities: { add: ['DAC_READ_SEARCH'] } } })] },
});
