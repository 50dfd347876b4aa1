import { createHash } from 'node:crypto';
import { rolloutId } from '../../model/id.ts';

const THEMES = `
:root{--paper:#fff;--raised:#f6f7f9;--ink:#16202c;--soft:#526071;--line:#d7dde4;--strong-line:#aab4c0;--link:#0b56a8;
--good:#0b6340;--good-ground:#e4f3ea;--attention:#7a4a00;--attention-ground:#fcf0d9;--bad:#a1161f;--bad-ground:#fbe6e6;
--neutral:#465364;--neutral-ground:#eceff3;
--on:#12805a;--off:#c27a12;--blocked:#5f6b7c;--unsupported:#8a95a4;--unknown:#7b4fb0;--unknown-line:#cbb5e6;--changed-line:#9bd3bb}
@media (prefers-color-scheme:dark){:root{--paper:#10161d;--raised:#18212b;--ink:#e7ecf2;--soft:#a5b1bf;--line:#2b3743;
--strong-line:#475564;--link:#86bdff;--good:#7fd6ab;--good-ground:#12321f;--attention:#f2c36b;--attention-ground:#36280b;
--bad:#ff9c9c;--bad-ground:#421a1d;--neutral:#bac5d1;--neutral-ground:#242e39;
--on:#2fa878;--off:#d98f2b;--blocked:#93a1b4;--unsupported:#5e6c80;--unknown:#a987d6;--unknown-line:#5b3f80;--changed-line:#16553c}}
@media print{:root{--paper:#fff;--raised:#f6f7f9;--ink:#000;--soft:#3d4854;--line:#c3cad2;--strong-line:#7d8894;--link:#000;
--good:#0b6340;--good-ground:#fff;--attention:#7a4a00;--attention-ground:#fff;--bad:#a1161f;--bad-ground:#fff;
--neutral:#465364;--neutral-ground:#fff;
--on:#12805a;--off:#c27a12;--blocked:#5f6b7c;--unsupported:#8a95a4;--unknown:#7b4fb0;--unknown-line:#cbb5e6;--changed-line:#9bd3bb}}
`;

const DOCUMENT = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);
font:400 1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
header,.page,footer{max-width:88rem;margin:0 auto;padding:0 clamp(1rem,4vw,3rem)}
header{padding-top:clamp(1.5rem,5vw,3.5rem)}
.brand{margin:0;color:var(--soft);font-size:.85rem;letter-spacing:.08em;text-transform:uppercase}
h1{margin:.25rem 0 .5rem;font-size:clamp(1.6rem,1.2rem + 2vw,2.4rem);line-height:1.15;font-weight:650;letter-spacing:-.015em}
h2{margin:0 0 .75rem;padding-top:2.25rem;font-size:1.35rem;line-height:1.25;font-weight:650;letter-spacing:-.01em}
h3{margin:2rem 0 .5rem;font-size:1.05rem;line-height:1.35;font-weight:650}
p,ul{max-width:72ch}
p{margin:.5rem 0 .9rem}
.lead{max-width:62ch;color:var(--soft);font-size:1.1rem}
ul{margin:.5rem 0 1rem;padding-left:1.2rem}
li{margin:.3rem 0}
a{color:var(--link)}
code{font:.86em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code,.whole{white-space:nowrap}
code wbr{white-space:normal}
p code,li code,dd code{white-space:normal}
p code,li code{padding:.08em .3em;border-radius:.25em;background:var(--raised)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--paper)}
.patterns{position:absolute}
section{border-bottom:1px solid var(--line);padding-bottom:2rem}
section:last-child{border-bottom:0}
footer{padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.85rem}
nav{padding-top:1.5rem;font-size:.92rem}
nav ol{margin:0;padding:0;list-style:none}
nav li{margin:0}
nav a{display:block;padding:.3rem 0;color:var(--soft);text-decoration:none}
nav a:hover,nav a:focus{color:var(--ink);text-decoration:underline}
@media (min-width:72rem){
.page{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:3.5rem}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:2.5rem 0 2rem}}
`;

const PARTS = `
.facts{display:grid;margin:1rem 0 1.25rem;border-top:1px solid var(--line)}
.facts div{display:grid;grid-template-columns:clamp(6.5rem,30%,13rem) minmax(0,1fr);gap:0 1.25rem;padding:.4rem 0;
border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
header .facts{margin-top:1.75rem;max-width:56rem}
.figures{display:grid;grid-template-columns:repeat(2,1fr);gap:1px;margin:1rem 0 1.75rem;
background:var(--line);border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
.figures div{padding:1rem 1.15rem;background:var(--paper)}
.figures dt{color:var(--soft);font-size:.88rem}
.figures dd{margin:0}
.figures .value{font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.02em}
.figures .remark{color:var(--soft);font-size:.85rem;line-height:1.35}
@media (min-width:48rem){.figures{grid-template-columns:repeat(4,1fr)}}
.posture{margin:0 0 1.5rem}
.bar{display:grid;grid-template-columns:4rem minmax(0,1fr);align-items:center;gap:.75rem;margin:.5rem 0;font-size:.9rem}
.bar svg{display:block;border-radius:.25rem}
.bar rect{stroke:var(--paper);stroke-width:2}
.posture table{width:auto;min-width:min(20rem,100%);margin-top:1rem}
.posture tbody th{padding-left:1.6rem;text-indent:-1.6rem}
.posture tbody svg{vertical-align:-.1em;margin-right:.35rem;border-radius:2px}
rect.on{fill:var(--on)}rect.changed{fill:url(#hatch-changed)}rect.off{fill:var(--off)}rect.blocked{fill:var(--blocked)}
rect.unsupported{fill:var(--unsupported)}rect.unknown{fill:url(#hatch-unknown)}
.changed .ground{fill:var(--on)}.changed .line{fill:var(--changed-line)}
.unknown .ground{fill:var(--unknown)}.unknown .line{fill:var(--unknown-line)}
.note{padding:.7rem 1rem;border-left:4px solid currentColor;border-radius:.25rem}
.tone{display:inline-block;padding:0 .5em;border-radius:1em;font-size:.88em;font-weight:600;white-space:nowrap}
.good{color:var(--good);background:var(--good-ground)}
.attention{color:var(--attention);background:var(--attention-ground)}
.bad{color:var(--bad);background:var(--bad-ground)}
.neutral{color:var(--neutral);background:var(--neutral-ground)}
`;

const TABLES = `
.scroll{overflow-x:auto;margin:.75rem 0 1.25rem;background:
linear-gradient(to right,var(--paper) 30%,transparent) left/2.5rem 100% no-repeat local,
linear-gradient(to left,var(--paper) 30%,transparent) right/2.5rem 100% no-repeat local,
linear-gradient(to right,var(--strong-line),transparent) left/.7rem 100% no-repeat scroll,
linear-gradient(to left,var(--strong-line),transparent) right/.7rem 100% no-repeat scroll}
table{width:100%;border-collapse:collapse;font-size:.88rem;line-height:1.45}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:.45rem 1.2rem .45rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{border-bottom:1px solid var(--strong-line);color:var(--soft);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400}
tbody tr:hover{background:var(--raised)}
td{max-width:32rem}
.scroll td:not(.number){min-width:6.5rem}
.key{display:block}
.group th{padding-top:1rem;color:var(--soft);font-weight:600}
th[scope=rowgroup]{background:var(--paper)}
td a,th a{color:inherit;text-decoration:none}
td a .key,th a .key,td a .name,th a .name,td a:not(:has(code)){text-decoration:underline;text-decoration-color:var(--strong-line)}
thead th{min-width:4.5rem}
.name{display:block;font-weight:600;overflow-wrap:anywhere}
th.number,td.number{text-align:right;padding-right:1.6rem}
.scroll td.number{min-width:0}
time span{white-space:nowrap}
dd .tone{white-space:normal}
@media screen and (max-width:30rem){.facts div{grid-template-columns:minmax(0,1fr)}.figures .value{font-size:1.6rem}
.bar{grid-template-columns:minmax(0,1fr);gap:.1rem}dd code,p code,li code{overflow-wrap:anywhere}.page{min-width:0}main{min-width:0}}
@media screen and (max-width:48rem){.scroll table{width:max-content;min-width:100%}.scroll td,.scroll th{max-width:18rem}}
summary{padding:.55rem .9rem;border:1px solid var(--line);border-radius:.4rem;background:var(--raised);cursor:pointer;font-weight:600}
details{margin:.75rem 0 1.25rem}
`;

const PRINT = `
@page{size:A4;margin:15mm 13mm 18mm}
@media print{
body{font-size:9.5pt;line-height:1.4}
header,.page,footer{max-width:none;padding-left:0;padding-right:0}
header{padding-top:0}
nav,.skip,summary{display:none}
h1{font-size:20pt}h2{font-size:14pt;padding-top:14pt}h3{font-size:11pt}
h2,h3,thead{break-after:avoid}
p,li{orphans:3;widows:3}
section{padding-bottom:8pt}
.page{display:block}
.scroll{overflow:visible}
table{font-size:7.6pt;line-height:1.35}
.figures{grid-template-columns:repeat(4,1fr)}
.figures .value{font-size:18pt}
thead{display:table-header-group}
tr,.figures,.posture,.note{break-inside:avoid}
.scroll{background:none}
.group{break-after:avoid}
tbody tr:first-child{break-before:avoid}
.detail{display:none}
th,td{padding:3pt 6pt 3pt 0}
thead th,.scroll td:not(.number){min-width:0}
.key{min-width:11rem}
details::details-content{content-visibility:visible;display:block;block-size:auto;height:auto}
.tone{padding:0;background:none}
svg,.figures div{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

/**
 * On every printed page the rollout and the page's number, for browsers that print margin boxes. An id in its one form is
 * safe inside a quoted text of CSS.
 */
function pageFooter(rollout: string): string {
  const box = (at: string, content: string) => `@${at}{content:${content};font:8pt sans-serif;color:#3d4854}`;
  const name = rolloutId.safeParse(rollout).success ? box('bottom-left', `"Keyturn rollout ${rollout}"`) : '';
  return `@page{${name}${box('bottom-right', '"Page " counter(page) " of " counter(pages)')}}\n`;
}

/** All the style of one report, between the tags as it stands: the policy admits these very bytes and no others. */
export function styleOf(rollout: string): { readonly text: string; readonly hash: string } {
  const text = [THEMES, DOCUMENT, PARTS, TABLES, PRINT, pageFooter(rollout)].join('');
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` };
}
