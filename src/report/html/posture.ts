import type { PostureBar, PostureSegment } from '../document/model.ts';
import { count } from '../document/phrases.ts';
import { forHtml } from '../escape.ts';

/** Hatchings for what is not sure, so that the bar can be read without colour. */
export const PATTERNS = `<svg class="patterns" aria-hidden="true" width="0" height="0"><defs>
${pattern('changed')}${pattern('unknown')}</defs></svg>
`;

function pattern(kind: PostureSegment['kind']): string {
  const geometry = 'width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"';
  const fill = '<rect class="ground" width="6" height="6"/><rect class="line" width="3" height="6"/>';
  return `<pattern id="hatch-${kind}" class="${kind}" ${geometry}>${fill}</pattern>\n`;
}

/** Bars one under the other, with their numbers as a table that serves as the key to both. */
export function postureHtml(bars: readonly PostureBar[]): string {
  const segments = bars[0]?.segments ?? [];
  const rows = segments.map(({ kind, word }, index) => {
    const numbers = bars.map((bar) => `<td class="number">${count(bar.segments[index]?.keys ?? 0)}</td>`);
    return `<tr><th scope="row">${swatch(kind)} ${forHtml(word)}</th>${numbers.join('')}</tr>\n`;
  });
  const titles = bars.map(({ label }) => `<th scope="col" class="number">${forHtml(label)}</th>`);
  return `<figure class="posture">
${bars.map(barHtml).join('')}<table>
<caption>Keys by posture</caption>
<thead><tr><th scope="col">Keys</th>${titles.join('')}</tr></thead>
<tbody>
${rows.join('')}</tbody>
</table>
</figure>
`;
}

function barHtml({ label, segments }: PostureBar): string {
  const total = segments.reduce((sum, { keys }) => sum + keys, 0);
  const percent = (keys: number): string => ((100 * keys) / Math.max(total, 1)).toFixed(3);
  let start = 0;
  const rects = segments.map(({ kind, keys }) => {
    const rect = `<rect class="${kind}" x="${percent(start)}%" width="${percent(keys)}%" height="100%"/>`;
    start += keys;
    return keys > 0 ? rect : '';
  });
  const said = segments.flatMap(({ word, keys }) => (keys > 0 ? [`${word} ${count(keys)}`] : []));
  const svg = `<svg role="img" aria-label="${forHtml(`${label}: ${said.join(', ')}`)}" width="100%" height="28">`;
  return `<div class="bar"><span aria-hidden="true">${forHtml(label)}</span>${svg}${rects.join('')}</svg></div>\n`;
}

const swatch = (kind: PostureSegment['kind']): string =>
  `<svg aria-hidden="true" width="14" height="14"><rect class="${kind}" width="14" height="14"/></svg>`;
