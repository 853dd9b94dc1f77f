// Configuration files that ConfigMaps carry as text.

import { parseYaml } from '../../kube/yaml/parse.ts';
import type { Json } from '../../lib/json.ts';

/** The first document of a text; undefined where it is no text or cannot be read. */
export function embeddedYaml(text: Json | undefined): Json | undefined {
  return typeof text === 'string' ? parseYaml(text, '').documents[0]?.value : undefined;
}
