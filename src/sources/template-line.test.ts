import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateLine } from './template-line.ts';

const template = `{{- if .Values.on }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
  - name: a
    image: "{{ .Values.image }}"
    securityContext:
      privileged: {{ .Values.privileged }}
  # hostPID: true
{{- end }}
`;

const rows: readonly (readonly [string, string, number | undefined])[] = [
  ['a key that is there once', '/spec/containers/0/securityContext/privileged', 11],
  ['a missing field, by what it would stand in', '/spec/containers/0/securityContext/runAsNonRoot', 10],
  ['a key of a list item', '/spec/containers/0/image', 9],
  ['a key that is there twice, by its parent', '/spec/containers/0/name', 7],
  ['a key that is only in a comment', '/spec/hostPID', 6],
  ['nothing on the way', '/status', undefined],
  ['the object itself', '', undefined],
];

for (const [name, path, line] of rows) test(name, () => assert.equal(templateLine(template, path)?.line, line));
