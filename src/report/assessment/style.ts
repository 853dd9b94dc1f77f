// The look of the assessment's report, beside that of the scan's: pages for paper, marks that need no colour, pictures that scroll on a phone.

export const reportStyle = `
:root{--good:#0b7a52;--fair:#8a5a00;--poor:#b3261e;--quick:#0072b2;--major:#b45309;--fill:#5f6368;--later:#8b8f96;--band:#c9d3df;--soft:#eef1f4;--hatch:rgba(20,30,40,.42)}
@media (prefers-color-scheme:dark){:root{--good:#6fca95;--fair:#e0b252;--poor:#f2837b;--quick:#6cb6ef;--major:#f0a05a;--fill:#a6abb2;--later:#7c828a;--band:#3d4854;--soft:#22262b;--hatch:rgba(235,240,245,.5)}}
a.skip{position:absolute;left:-999px}a.skip:focus{left:12px;top:8px;background:var(--card);padding:6px 10px;border-radius:6px;z-index:9}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
nav.contents{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:13.5px;margin:8px 0 0}nav.contents a{color:var(--accent);text-decoration:none}nav.contents a:hover{text-decoration:underline}
.lead{font-size:16px;max-width:86ch;margin-top:16px}section h3{margin:20px 0 6px}.card h3{margin:0 0 4px}th.n{text-align:right}
.front{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:14px;margin:18px 0}
.column{display:grid;gap:14px;align-content:start;min-width:0}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;min-width:0}
.card h2,.card h3{margin:0 0 8px;font-size:15px}
.big{font-size:54px;line-height:1;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}.big small{font-size:18px;font-weight:400;color:var(--dim)}
.meter{position:relative;height:10px;border-radius:5px;background:var(--soft);border:1px solid var(--line);margin:6px 0}
.meter .band{position:absolute;top:0;bottom:0;background:repeating-linear-gradient(135deg,var(--hatch) 0 2px,transparent 2px 6px)}
.meter .fill{position:absolute;left:0;top:0;bottom:0;border-radius:5px 0 0 5px;;opacity:.8}
.meter .mark{position:absolute;top:-4px;bottom:-4px;width:3px;margin-left:-1px;background:var(--fg);border-radius:2px}
.good{color:var(--good)}.fair{color:var(--fair)}.poor{color:var(--poor)}i.good{background:var(--good)}i.fair{background:var(--fair)}i.poor{background:var(--poor)}
.scores{display:grid;grid-template-columns:minmax(118px,auto) 46px 1fr auto;gap:3px 10px;align-items:center;font-size:14px}
.scores b{text-align:right;font-variant-numeric:tabular-nums}.scores .dim{font-size:12.5px;white-space:nowrap}
.cs{display:grid;grid-template-columns:repeat(4,1fr);gap:8px;margin-top:10px}.cs div{border:1px solid var(--line);border-radius:8px;padding:6px 8px;font-size:13px}.cs b{display:block;font-size:20px;font-variant-numeric:tabular-nums}
ol.risks{margin:0;padding-left:22px}ol.risks li{margin:0 0 8px;overflow-wrap:anywhere}ol.risks .dim{font-size:13px}
.tag{display:inline-block;font-size:11.5px;font-weight:600;letter-spacing:.03em;text-transform:uppercase}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:8px;margin:0 0 10px}.facts div{font-size:13px;color:var(--dim)}.facts b{display:block;color:var(--fg);font-size:24px;line-height:1.15;font-variant-numeric:tabular-nums}
figure{margin:12px 0}figcaption{font-size:13px;color:var(--dim);margin-top:4px}
svg{display:block;max-width:100%;height:auto}svg text{font-family:inherit;fill:var(--fg)}svg .dim{fill:var(--dim)}
.scroll{overflow-x:auto}.scroll svg.wide{max-width:none}.scroll svg.full{width:100%;min-width:720px;max-width:1080px}
.axis{stroke:var(--line)}.grid{stroke:var(--line);stroke-dasharray:2 4}
.box rect{fill:var(--card);stroke:var(--line)}.box.entry rect{stroke:var(--quick);stroke-width:2}.box.goal rect{stroke:var(--poor);stroke-width:2;fill:var(--soft)}
.hop{fill:none;stroke:var(--dim);stroke-width:1.4}.hop.unsure{stroke-dasharray:5 4}.label{paint-order:stroke;stroke:var(--bg);stroke-width:4px;font-size:11px}
.q-quick{fill:var(--quick)}.q-major{fill:var(--major)}.q-fill{fill:var(--fill)}.q-later{fill:var(--later)}
.t-quick{color:var(--quick)}.t-major{color:var(--major)}.t-fill{color:var(--fill)}.t-later{color:var(--later)}
.p50{fill:none;stroke:var(--quick);stroke-width:2.5}.p80{fill:none;stroke:var(--major);stroke-width:2;stroke-dasharray:6 4}.between{fill:var(--band);opacity:.45}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--dim);margin:4px 0}
table.board{table-layout:fixed;min-width:720px}table.board th:first-child{width:38%}table.board th:nth-child(2){width:11%}table.board td{padding:5px 8px}table.board .on{padding:6px 2px 3px}table.board a{text-decoration:none}table.board a:hover{text-decoration:underline}
.run{display:block;height:16px;border-radius:4px;background:var(--quick);font-size:11px;color:#fff;text-align:center;line-height:16px}.run.major{background:var(--major)}.run.fill,.run.later{background:var(--fill)}.run.prep{background:transparent;border:1.5px dashed var(--fill);color:var(--fg);line-height:13px}
@media (prefers-color-scheme:dark){.run{color:#111}}
.quarters{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:10px}.quarters .card{padding:12px}.quarters ul{margin:6px 0 0;padding-left:18px;font-size:13.5px}
details.work{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:0 0 8px}
details.work>summary{display:grid;grid-template-columns:34px minmax(0,1fr) auto;gap:10px;padding:9px 14px;cursor:pointer;align-items:baseline;list-style:none}
details.work>summary::-webkit-details-marker{display:none}details.work>summary .n{font-weight:650;color:var(--dim);font-variant-numeric:tabular-nums}
details.work>summary .meta{font-size:12.5px;color:var(--dim);white-space:nowrap}.inside{padding:0 14px 12px}.inside dl{display:grid;grid-template-columns:110px minmax(0,1fr);gap:3px 12px;margin:0 0 8px;font-size:14px}
.inside dt{color:var(--dim)}.inside dd{margin:0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
ol.hops{margin:0;padding-left:22px}ol.hops li{margin:0 0 6px;overflow-wrap:anywhere}
.yes{color:var(--good)}.no{color:var(--poor)}.open{color:var(--dim)}
table.matrix td,table.matrix th{padding:4px 6px;font-size:12.5px;text-align:center}table.matrix td:first-child,table.matrix th:first-child{text-align:left}
section{scroll-margin-top:10px}
@media (max-width:820px){.front{grid-template-columns:minmax(0,1fr)}.quarters{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media (max-width:640px){.big{font-size:44px}.quarters{grid-template-columns:minmax(0,1fr)}.scores{grid-template-columns:minmax(96px,auto) 34px 1fr}.scores .dim{display:none}.cs{grid-template-columns:repeat(2,1fr)}details.work>summary{grid-template-columns:26px minmax(0,1fr)}details.work>summary .meta{grid-column:2;white-space:normal}.inside dl{grid-template-columns:minmax(0,1fr)}.inside dt{margin-top:4px}}
@page{size:A4;margin:14mm 12mm}
@media print{
:root{color-scheme:light;--bg:#fff;--fg:#1c1e21;--dim:#555b63;--line:#d5d8dd;--card:#fff;--accent:#0b5cad;--critical:#8b1a6b;--high:#b3261e;--medium:#8a5a00;--low:#2b5f9e;--good:#0b7a52;--fair:#8a5a00;--poor:#b3261e;--quick:#0072b2;--major:#b45309;--fill:#5f6368;--later:#8b8f96;--band:#c9d3df;--soft:#eef1f4;--hatch:rgba(20,30,40,.42)}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:9.5pt;line-height:1.4}h1{font-size:18pt}h2{font-size:14pt}.lead{font-size:10.5pt;margin-top:8px}main{padding:0;max-width:none}nav.contents,a.skip,.filters,.screen{display:none}
h2{break-after:avoid;margin-top:0}section.page{break-before:page}.card,.quarters .card,figure,tr,.finding,ol.risks li{break-inside:avoid}
.scroll{overflow:visible}svg.wide{width:100%;max-width:100%!important;height:auto}table.board{min-width:0;font-size:8.5pt}table.board th{white-space:nowrap;font-size:7.5pt;padding:4px}table{font-size:8.5pt}td,th{padding:3px 8px}
details::details-content{content-visibility:visible;display:block;height:auto}details>summary{list-style:none}
details.work,details.control{break-inside:auto}details.control>.finding{display:grid;padding:4px 10px;grid-template-columns:minmax(0,5fr) minmax(0,7fr)}details.control>summary{padding:5px 10px}.about{padding:0 10px 4px}.tags{font-size:7pt}.finding .where,.inside .where{font-size:7.5pt}.finding summary{font-size:7.5pt}details.work>summary,details.control>summary{break-after:avoid}pre{font-size:7.5pt;white-space:normal;padding:3px 6px;margin:3px 0}.inside{padding:0 10px 6px}.inside dl{font-size:9pt;grid-template-columns:74px minmax(0,1fr);gap:1px 8px;margin:0 0 4px}details.work>summary{padding:5px 10px}.inside p{margin:0 0 4px}
.front{grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:9px;margin:8px 0;font-size:9pt}.column{gap:9px}.card{padding:9px 12px}.big{font-size:40px}.scores{font-size:9pt;grid-template-columns:104px 26px minmax(50px,1fr) 58px;gap:2px 8px}.scores .dim{font-size:7.5pt;white-space:normal;line-height:1.15}.cs{gap:4px}.cs div{padding:3px 6px;font-size:8pt}.cs b{font-size:13pt}ol.risks li{margin:0 0 5px}ol.risks .dim,.legend,figcaption{font-size:8pt}.facts{grid-template-columns:1fr 1fr;gap:4px;margin:0 0 4px}.facts div{font-size:8pt}.facts b{font-size:15pt}figure{margin:6px 0}.quarters{grid-template-columns:repeat(4,minmax(0,1fr))}.run{color:#fff}.run.prep{color:#1c1e21}
}
`;
