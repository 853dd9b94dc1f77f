// The way of an image: who delivers, from which registry, which image, to which workload. Workflows of the repository stand at its beginning
// where they are given; which of them builds which image no file says for sure, so that they are joined to a registry only by its name.

import { imageName, parseReference } from '../../images/reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { managedBy } from '../delivery.ts';
import type { RepositoryFile } from '../repository/file.ts';
import { workflowOf } from '../repository/workflow.ts';
import { running } from '../words.ts';
import { type MapPicture, Sketch } from './map.ts';
import { idOf, labelOf } from './words.ts';

export function pipelineMap(snapshot: Snapshot, repository: readonly RepositoryFile[]): MapPicture {
  const sketch = new Sketch();
  const pipelines = repository.flatMap((file) => {
    const words =
      file.kind === 'github-workflow' ? workflowOf(file)?.words : file.kind === 'gitlab-pipeline' ? file.text.toLowerCase() : undefined;
    return words === undefined ? [] : [{ file, words }];
  });
  for (const resource of running(snapshot))
    for (const { containers } of resource.pods)
      for (const { image } of containers) {
        const read = image === undefined ? undefined : parseReference(image);
        if (image === undefined || read?.ok !== true) continue;
        const { registry, digest } = read.reference;
        const name = imageName(read.reference);
        const registryId = sketch.thing(`registry/${registry}`, 'registry', registry, { notes: ['registry'] });
        const imageId = sketch.thing(`image/${image}`, 'image', name.slice(name.lastIndexOf('/') + 1), {
          notes: [digest === undefined ? `${image.split('/').at(-1)?.split(':')[1] ?? 'no tag'}, may change` : 'pinned by digest'],
          bad: digest === undefined,
        });
        const tool = managedBy(resource);
        sketch.line(registryId, imageId);
        sketch.line(
          imageId,
          sketch.thing(idOf(resource), 'workload', labelOf(resource), {
            notes: [resource.kind, `delivered by ${tool ?? 'whom no mark says'}`],
          }),
        );
        for (const { file, words } of pipelines)
          if (words.includes(registry.toLowerCase()))
            sketch.line(
              sketch.thing(`file/${file.path}`, 'pipeline', file.path.slice(file.path.lastIndexOf('/') + 1), { notes: [file.kind] }),
              registryId,
              'names it',
            );
      }
  return sketch.picture();
}
