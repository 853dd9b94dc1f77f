import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readManifests } from './manifests.ts';
import { scoped } from './scopes.ts';

const definition = (scope: string, more = '') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names:
    kind: Widget
    plural: widgets
  scope: ${scope}
${more}---
`;
const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n  namespace: written\n';
const filler = `  versions:\n  - name: v1\n    text: ${'x'.repeat(5000)}\n`;

const rows: readonly (readonly [string, string, string])[] = [
  ['a cluster-scoped kind has no namespace', definition('Cluster') + widget, ''],
  ['a namespaced kind keeps it', definition('Namespaced') + widget, 'written'],
  ['without a definition it is namespaced', widget, 'written'],
  ['a long definition is understood by its lines', definition('Cluster', filler) + widget, ''],
  ['quotes are no hindrance', definition('"Cluster"', filler) + widget, ''],
  [
    'a definition in flow style is read whole',
    definition('Cluster', filler).replace(/ {2}names:\n {4}kind: Widget\n {4}plural: widgets/, '  names: {kind: Widget, plural: widgets}') +
      widget,
    '',
  ],
  ['the order does not matter', `${widget}---\n${definition('Cluster')}`, ''],
  ['another group is another kind', definition('Cluster') + widget.replace('example.com/v1', 'example.org/v1'), 'written'],
  ['another kind of the group is not meant', definition('Cluster') + widget.replace('Widget', 'Gadget'), 'written'],
];

describe('custom kinds have the scope of their definition', () => {
  for (const [name, text, namespace] of rows)
    test(name, () => {
      const { resources } = readManifests(text, 'f.yaml', new Map());
      const result = scoped(resources, ({ origin }) =>
        origin.kind === 'file' ? text.slice(origin.document, origin.documentEnd) : undefined,
      );
      assert.equal(result.find((item) => item.name === 'w')?.namespace, namespace);
    });
});
