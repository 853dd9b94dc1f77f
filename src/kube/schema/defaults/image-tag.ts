// The tag an image reference stands for when a pull policy is chosen: what is written, `latest` where neither tag nor digest is, nothing for a
// reference that does not parse (distribution reference grammar, as pkg/util/parsers of Kubernetes 1.36 uses it).

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const domain =
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?';
const name = new RegExp(`^(?:${domain}/)?${component}(?:/${component})*$`);
const identifier = /^[a-f0-9]{64}$/;
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestForm = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** The tag that decides; the empty text where there is none. */
export function impliedTag(reference: string): string {
  if (reference.length > 1024 || (reference.length === 64 && identifier.test(reference))) return '';
  const at = reference.indexOf('@');
  const digest = at < 0 ? undefined : reference.slice(at + 1);
  const rest = at < 0 ? reference : reference.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined;
  const repository = tag === undefined ? rest : rest.slice(0, colon);
  const isValid =
    pathOf(repository).length <= 255 &&
    name.test(repository) &&
    (tag === undefined || tagForm.test(tag)) &&
    (digest === undefined || digestForm.test(digest));
  if (!isValid) return '';
  return tag ?? (digest === undefined ? 'latest' : '');
}

/** The repository within its registry: what names none is of Docker Hub, in its library where it is one word. */
function pathOf(repository: string): string {
  const slash = repository.indexOf('/');
  const first = repository.slice(0, Math.max(slash, 0));
  if (/[.:A-Z]/.test(first) || first === 'localhost') return repository.slice(slash + 1);
  return slash < 0 ? `library/${repository}` : repository;
}
