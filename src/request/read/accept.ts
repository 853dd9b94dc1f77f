// What a client wants to get: the Accept header against what an endpoint can give, as k8s.io/apiserver negotiates (pkg/endpoints/handlers/
// negotiation, 1.36). Parameters `as`, `g` and `v` ask for another form of the answer; a clause whose form an endpoint does not have is passed
// over. An empty header takes JSON.

export type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';

/** `as=Table;v=v1;g=meta.k8s.io`. */
export interface Form {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
}

export interface Accepted {
  readonly type: MediaType;
  readonly form?: Form;
  readonly pretty: boolean;
}

export const mediaTypes: readonly MediaType[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The first clause that can be answered; undefined where none can. `gives` says which types a form is given in. */
export function negotiate(
  accept: string,
  isForm: (form: Form) => boolean,
  offered: readonly MediaType[] = mediaTypes,
  gives: (type: MediaType, form: Form | undefined) => boolean = () => true,
): Accepted | undefined {
  if (accept.trim() === '') return { type: offered[0] ?? 'application/json', pretty: false };
  for (const { type, subtype, parameters } of clauses(accept)) {
    const found = offered.find(
      (each) => each === `${type}/${subtype}` || (subtype === '*' && (type === '*' || each.startsWith(`${type}/`))),
    );
    if (found === undefined) continue;
    const pretty = parameters.get('pretty') === '1';
    const kind = parameters.get('as');
    if (kind === undefined) {
      if (!parameters.has('g') && !parameters.has('v') && gives(found, undefined)) return { type: found, pretty };
      continue;
    }
    const form = { kind, group: parameters.get('g') ?? '', version: parameters.get('v') ?? '' };
    if (isForm(form) && gives(found, form)) return { type: found, form, pretty };
  }
  return undefined;
}

/** The media type of a Status: what the client takes first, without another form; undefined where nothing fits and it is plain JSON. */
export function statusType(accept: string): MediaType | undefined {
  return negotiate(accept, () => false)?.type;
}

/** The router's own look at the header, before negotiation: a whole media type or everything. */
export function isOffered(accept: string, offered: readonly string[]): boolean {
  if (accept.trim() === '') return true;
  const types = accept.split(',').map((clause) => clause.split(';')[0]?.trim() ?? '');
  return types.some((type) => type === '*/*' || offered.includes(type));
}

interface Clause {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** The clauses, the most wanted first; those of equal weight in their order. */
function clauses(accept: string): readonly Clause[] {
  const found: Clause[] = [];
  for (const part of accept.split(',').slice(0, 100)) {
    const [range = '', ...rest] = part.split(';').map((each) => each.trim());
    const [type = '', subtype = ''] = range.split('/').map((each) => each.trim());
    if (type === '' || (subtype === '' && type !== '*')) continue;
    const parameters = new Map<string, string>();
    let quality = 1;
    for (const each of rest) {
      const equals = each.indexOf('=');
      if (equals < 0) continue;
      const key = each.slice(0, equals).trim();
      const value = each.slice(equals + 1).trim();
      if (key === 'q') quality = Number.isNaN(Number.parseFloat(value)) ? 1 : Number.parseFloat(value);
      else parameters.set(key, value);
    }
    found.push({ type, subtype: subtype === '' ? '*' : subtype, parameters, quality });
  }
  return found.sort((a, b) => b.quality - a.quality);
}
