// A map as one HTML file: the namespaces as a picture, each a link to its own part with its workloads as a picture and as a table. No script, and
// nothing is fetched: the content security policy allows no more than the page's own style. Large namespaces are tables alone. In print everything is shown.

import { isDense, matrixSvg } from './matrix.ts';
import type { MapLine, MapNamespace, MapWorkload, NetworkMap } from './model.ts';
import { escaped, mapStyle, mapSvg, namespaceSvg } from './svg.ts';

/** More workloads or lines than this are no picture any more. */
const mostDrawn = { workloads: 40, lines: 160 };
const mostPeers = 12;

const style = `:root{color-scheme:light}*{box-sizing:border-box}body{margin:0;background:#f7f9fc;color:#1c2430;font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1400px;margin:0 auto;padding:20px 16px 60px}h1{font-size:22px;margin:0 0 4px}h2{font-size:18px;margin:0 0 6px}p{margin:4px 0 12px}.quiet{color:#5b6778}
.picture{overflow:auto;border:1px solid #d9e0ea;border-radius:8px;background:#f7f9fc;margin:10px 0 18px;max-height:80vh}.picture svg{display:block;max-width:none}.picture.fit svg{max-width:100%;height:auto;margin:0 auto}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:13px;padding:0;margin:8px 0;list-style:none}.legend i{display:inline-block;width:28px;border-top:3px solid;vertical-align:middle;margin-right:6px}
section.ns{display:none;border-top:1px solid #d9e0ea;padding-top:16px}section.ns:target,main.one section.ns{display:block}main.one .back{display:none}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #e3e8f0;overflow-wrap:anywhere}th{font-size:12px;color:#5b6778}
.warn{color:#b4500f}.denied{color:#c62f2f}.observed{color:#1a7f4b}a{color:#1f5fbf}nav{columns:220px;font-size:14px;margin:8px 0 18px}nav a{display:block;overflow-wrap:anywhere}
@media(max-width:640px){thead{display:none}tr{display:block;padding:8px 0;border-bottom:1px solid #d9e0ea}td{display:block;border:0;padding:1px 0}td[data-h]:not(:empty)::before{content:attr(data-h) ": ";color:#5b6778}main{padding:14px 12px 40px}}
@media print{section.ns{display:block;break-inside:avoid-page}.picture{max-height:none;overflow:visible;border:0}.picture svg{max-width:100%!important;height:auto;min-width:0!important}body{background:#fff}nav,.back{display:none}}
${mapStyle}`;

/** The page. */
export function mapPage(map: NetworkMap): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  const total = map.namespaces.reduce((sum, { workloads }) => sum + workloads.length, 0);
  const all = map.namespaces.flatMap(({ workloads }) => workloads);
  const exposed = all.filter(({ exposedBy }) => exposedBy.length > 0).length;
  const bare = all.filter(({ openIn }) => openIn).length;
  const one = map.namespaces.length === 1;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>Network map</title><style>${style}</style></head><body><main${one ? ' class="one"' : ''} id="top">
<h1>Who may reach whom</h1>
<p class="quiet">${count(total, 'workload')} in ${count(map.namespaces.length, 'namespace')}: <b>${exposed}</b> reached from the internet, <b>${bare}</b> open to every pod of the cluster because no policy guards them.${one ? '' : ' Choose a namespace to see its workloads.'}</p>
${legend(map)}
${overview(map)}
${one ? '' : `<nav aria-label="Namespaces">${map.namespaces.map(({ name, workloads }, index) => `<a href="#n${index}">${escaped(name)} (${workloads.length})</a>`).join('')}</nav>`}
${map.moreLines > 0 ? `<p class="warn">${map.moreLines} more lines are not drawn.</p>` : ''}
${map.namespaces.map((namespace, index) => section(map, namespace, index)).join('\n')}
</main></body></html>
`;
}

function count(number: number, word: string): string {
  return `<b>${number}</b> ${word}${number === 1 ? '' : 's'}`;
}

/** Boxes and lines while a reader can follow them, then a matrix. */
function overview(map: NetworkMap): string {
  if (isDense(map)) return `<p class="quiet">Rows reach columns; a square says how.</p><div class="picture">${matrixSvg(map, false)}</div>`;
  return `<div class="picture${map.namespaces.length <= 12 ? ' fit' : ''}">${mapSvg(map, false, false, true)}</div>`;
}

function legend({ observed }: NetworkMap): string {
  const line = (color: string, dash: string, words: string) =>
    `<li><i style="border-color:${color};border-top-style:${dash}"></i>${words}</li>`;
  return `<ul class="legend">${line('#5a6b85', 'solid', 'allowed by a policy, or a way in from the internet')}${observed ? `${line('#1a7f4b', 'solid', 'seen in the flows')}${line('#c62f2f', 'dashed', 'denied')}` : ''}<li><i style="border-color:#d2691e"></i>orange: holds workloads that no policy guards (any pod may reach them; no line is drawn for that)</li></ul>`;
}

function section(map: NetworkMap, namespace: MapNamespace, index: number): string {
  const prefix = `${namespace.name}/`;
  const lines = map.lines.filter(({ from, to }) => from.startsWith(prefix) || to.startsWith(prefix));
  const into = Map.groupBy(lines, ({ to }) => to);
  const out = Map.groupBy(lines, ({ from }) => from);
  const drawn = namespace.workloads.length <= mostDrawn.workloads && lines.length <= mostDrawn.lines;
  const rows = namespace.workloads.map((one) =>
    row(one, into.get(`${prefix}${one.kind}/${one.name}`) ?? [], out.get(`${prefix}${one.kind}/${one.name}`) ?? []),
  );
  return `<section class="ns" id="n${index}"><h2>${escaped(namespace.name)}</h2><p class="back"><a href="#top">all namespaces</a></p>
${drawn ? `<div class="picture fit">${namespaceSvg(map, namespace)}</div>` : `<p class="quiet">Too much for a picture: ${count(namespace.workloads.length, 'workload')}, ${count(lines.length, 'line')}.</p>`}
<table><thead><tr><th>Workload</th><th>Open</th><th>Reached by</th><th>Reaches</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></section>`;
}

function row(one: MapWorkload, into: readonly MapLine[], out: readonly MapLine[]): string {
  const open = [
    ...one.exposedBy.map((by) => `internet by ${by}`),
    ...(one.openIn ? ['every pod may reach it'] : one.anyPod ? ['policies let every pod in'] : []),
    ...(one.openOut ? ['it may reach everything'] : one.toInternet ? ['it may reach the internet'] : []),
    ...(one.hostNetwork ? ["on its host's network: no policy holds"] : []),
  ];
  return `<tr><td><b>${escaped(one.name)}</b> <span class="quiet">${escaped(one.kind)}</span></td><td data-h="Open" class="warn">${open.map(escaped).join('<br>')}</td><td data-h="Reached by">${peers(into, 'from')}</td><td data-h="Reaches">${peers(out, 'to')}</td></tr>`;
}

function peers(lines: readonly MapLine[], side: 'from' | 'to'): string {
  const shown = lines.slice(0, mostPeers).map((line) => {
    const [namespace, , name] = line[side].split('/');
    const who = name === undefined ? line[side] : `${namespace}/${name}`;
    return `<span${line.kind === 'allowed' ? '' : ` class="${line.kind}"`}>${escaped(who)} ${escaped(line.ports)}${line.kind === 'denied' ? ' (denied)' : line.kind === 'observed' ? ' (seen)' : ''}</span>`;
  });
  return `${shown.join('<br>')}${lines.length > mostPeers ? `<br>… ${lines.length - mostPeers} more` : ''}`;
}
