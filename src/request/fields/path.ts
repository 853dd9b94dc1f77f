// Paths of fields, as k8s.io/apimachinery/pkg/util/validation/field (1.36) builds and writes them. A path is a chain of steps that is only
// written out when an error is found, because most objects have none.

/** One step of a path; `spec` and everything below it: `fieldPath('spec').child('containers').index(0)`. */
export interface Path {
  child(first: string, ...rest: readonly string[]): Path;
  index(position: number): Path;
  key(name: string): Path;
  toString(): string;
}

class Step implements Path {
  readonly parent: Step | undefined;
  readonly name: string | number;
  readonly subscript: boolean;

  constructor(parent: Step | undefined, name: string | number, subscript: boolean) {
    this.parent = parent;
    this.name = name;
    this.subscript = subscript;
  }

  child(first: string, ...rest: readonly string[]): Path {
    let step = new Step(this.parent === undefined && this.name === '' ? undefined : this, first, false);
    for (const name of rest) step = new Step(step, name, false);
    return step;
  }

  index(position: number): Path {
    return new Step(this, position, true);
  }

  key(name: string): Path {
    return new Step(this, name, true);
  }

  toString(): string {
    const steps: Step[] = [];
    for (let step: Step | undefined = this; step !== undefined; step = step.parent) steps.push(step);
    let text = '';
    for (let at = steps.length - 1; at >= 0; at--) {
      const step = steps[at];
      if (step === undefined) continue;
      text += step.subscript ? `[${step.name}]` : text === '' ? step.name : `.${step.name}`;
    }
    // Go writes a name that is empty as an index.
    return text === '' ? '[]' : text;
  }
}

/**
 * A path of names.
 *
 * @example `String(fieldPath('spec', 'ports').index(1).child('name'))` is `'spec.ports[1].name'`
 */
export function fieldPath(first: string, ...rest: readonly string[]): Path {
  return root.child(first, ...rest);
}

/** No path yet: its children are fields of the object itself. */
export const root: Path = new Step(undefined, '', false);
