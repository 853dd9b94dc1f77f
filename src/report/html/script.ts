// The only code in the report: search and filters over what is already on the page. Without it the page is complete, just unfiltered.
// `scriptHash` names exactly this text in the page's content security policy; a test keeps the two together.

export const script = `
const q=document.getElementById('q'),ns=document.getElementById('ns'),chips=[...document.querySelectorAll('.chip[data-class]')],left=document.getElementById('left');
const groups=[...document.querySelectorAll('details.control')].map(e=>({e,rows:[...e.querySelectorAll('.finding')].map(r=>({r,t:r.textContent.toLowerCase(),ns:r.dataset.ns,c:e.dataset.class})),h:e.querySelector('summary').textContent.toLowerCase(),n:e.querySelector('.count')}));
function apply(){const words=q.value.toLowerCase().split(/\\s+/).filter(Boolean);const on=new Set(chips.filter(c=>c.getAttribute('aria-pressed')==='true').map(c=>c.dataset.class));let total=0;
for(const g of groups){let n=0;for(const x of g.rows){const ok=on.has(x.c)&&(!ns.value||x.ns===ns.value)&&words.every(w=>x.t.includes(w)||g.h.includes(w));x.r.hidden=!ok;if(ok)n++}g.e.hidden=n===0;g.n.textContent=n===g.rows.length?g.n.dataset.all:n+' of '+g.n.dataset.all;total+=n;if(words.length&&n&&groups.length<200)g.e.open=true}
left.textContent=total+' shown';}
q.addEventListener('input',apply);ns.addEventListener('change',apply);for(const c of chips)c.addEventListener('click',()=>{c.setAttribute('aria-pressed',c.getAttribute('aria-pressed')==='true'?'false':'true');apply()});
document.getElementById('all').addEventListener('click',e=>{const open=e.target.dataset.open!=='1';e.target.dataset.open=open?'1':'0';e.target.textContent=open?'close all':'open all';for(const g of groups)g.e.open=open});
`;

export const scriptHash = 'sha256-4osqa5EQKx6Yv5tQE1YnB6lxA64eG0I5h64k5Ekc7go=';
