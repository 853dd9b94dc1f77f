// The look of the HTML report: one column of calm text, colour only for severity, the same on paper and on a phone.

export const style = `
:root{color-scheme:light dark;--bg:#fbfbfa;--fg:#1c1e21;--dim:#646a73;--line:#dfe1e5;--card:#fff;--accent:#0b5cad;
--critical:#8b1a6b;--high:#b3261e;--medium:#8a5a00;--low:#2b5f9e;--unknown:#5f6368;--waived:#5f6368;--pass:#1e7a45}
@media (prefers-color-scheme:dark){:root{--bg:#15171a;--fg:#e6e7e9;--dim:#9aa0a8;--line:#2e3238;--card:#1c1f23;--accent:#7db5f2;
--critical:#e08cc8;--high:#f2837b;--medium:#e0b252;--low:#86b4ec;--unknown:#a6abb2;--waived:#a6abb2;--pass:#6fca95}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:26px;margin:0 0 4px;letter-spacing:-.01em}h2{font-size:19px;margin:36px 0 10px}h3{font-size:15px;margin:0}
p{margin:0 0 10px}.dim{color:var(--dim)}a{color:var(--accent)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:10px;margin:20px 0}
.figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
.figure b{display:block;font-size:28px;line-height:1.1;font-variant-numeric:tabular-nums}
.bar{display:flex;height:10px;border-radius:5px;overflow:hidden;background:var(--line);margin:4px 0 8px}
.bar i{display:block;min-width:2px}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}.unknown{color:var(--unknown)}.waived{color:var(--waived)}.pass{color:var(--pass)}
i.critical{background:var(--critical)}i.high{background:var(--high)}i.medium{background:var(--medium)}i.low{background:var(--low)}
i.fail{background:var(--high)}i.pass{background:var(--pass)}i.unknown,i.not-applicable{background:var(--unknown)}i.waived{background:var(--low)}
.filters{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:8px;align-items:center;background:var(--bg);border-bottom:1px solid var(--line);padding:10px 0;margin:0 0 14px}
.filters input[type=search]{flex:1 1 220px;min-width:0;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:7px 10px}
.filters select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:7px;max-width:220px}
.chip{font:inherit;font-size:13px;background:var(--card);border:1px solid var(--line);border-radius:99px;padding:4px 11px;cursor:pointer}
.chip[aria-pressed=false]{opacity:.45;text-decoration:line-through}
details.control{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:0 0 10px}
details.control>summary{display:flex;gap:10px;align-items:baseline;padding:10px 14px;cursor:pointer;list-style:none;flex-wrap:wrap}
details.control>summary::-webkit-details-marker{display:none}
details.control>summary::before{content:"\\25B8";color:var(--dim)}details.control[open]>summary::before{content:"\\25BE"}
.severity{font-size:12px;font-weight:600;text-transform:uppercase;letter-spacing:.04em;min-width:62px}
.count{margin-left:auto;color:var(--dim);font-variant-numeric:tabular-nums}
.about{padding:0 14px 10px;border-bottom:1px solid var(--line)}.about p{margin:0 0 6px;max-width:78ch}
.tags{font-size:12px;color:var(--dim);overflow-wrap:anywhere}
.finding{padding:9px 14px;border-bottom:1px solid var(--line);display:grid;grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:2px 18px}
.finding:last-child{border-bottom:0}.where,code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px}
.where{overflow-wrap:anywhere;color:var(--dim)}.what{overflow-wrap:anywhere}
.finding details{grid-column:1/-1}.finding summary{cursor:pointer;color:var(--accent);font-size:13px}
pre{background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:8px 10px;overflow:auto;margin:6px 0}
table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);border-radius:8px}
th,td{text-align:left;padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}th{font-weight:600;font-size:13px;color:var(--dim)}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.none{padding:18px;background:var(--card);border:1px solid var(--line);border-radius:8px}
[hidden]{display:none!important}
@media (max-width:640px){main{padding:16px 12px 48px}.finding{grid-template-columns:1fr}.filters{position:static}.figure b{font-size:22px}.count{margin-left:0}h1{font-size:22px}.scroll{overflow-x:auto}}
@media print{.filters{display:none}details.control>*{display:block}body{background:#fff}main{max-width:none}}
`;
