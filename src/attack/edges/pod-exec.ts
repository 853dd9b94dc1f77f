// Edge pod-exec. Until 1.34 get is enough over a WebSocket; from 1.35 on create is asked, too.

import { byRights } from '../by-rights.ts';
import { holding } from '../examples.ts';
import { podNamed, pods } from '../gains.ts';

export const podExec = byRights({
  id: 'pod-exec',
  title: 'Runs commands in pods',
  gains: 'code in running pods',
  technique: { attack: 'T1609', matrix: 'Exec into container' },
  fix: 'take pods/exec away; debug by ephemeral containers where needed',
  cost: 1,
  ways: [
    {
      needs: ['create pods/exec'],
      gain: (scene, scope) => pods(scene, scope),
      gainNamed: (scene, scope, name) => podNamed(scene, scope, name),
    },
    { needs: ['get pods/exec'], gain: (scene, scope) => (scene.minor < 35 ? pods(scene, scope) : []) },
  ],
  example: { objects: holding(['create pods/exec']) },
});
