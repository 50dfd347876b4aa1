import { type Inline, type Text, type Tone, textParts } from '../document/model.ts';
import { forHtml, forTerminal } from '../escape.ts';
import { dayText, timeText } from '../time.ts';

/** The only way for text into the HTML report, with `forHtml`: nothing here is passed through. */
export const inlineHtml = (text: Text): string => textParts(text).map(part).join('');

/** Says the status by shape as well as by word; colour comes third. */
const GLYPH: Readonly<Record<Tone, string>> = { good: '✓', attention: '!', bad: '✕', neutral: '–' };

function part(inline: Inline): string {
  if (typeof inline === 'string') return breakable(inline);
  if ('code' in inline) return `<code>${breakable(inline.code)}</code>`;
  if ('strong' in inline) return `<strong>${breakable(inline.strong)}</strong>`;
  if ('tone' in inline) {
    const glyph = `<span aria-hidden="true">${GLYPH[inline.tone]}</span>`;
    return `<span class="tone ${inline.tone}">${glyph} ${forHtml(inline.word)}</span>`;
  }
  if ('time' in inline) return timeHtml(inline.time, timeText(inline.time));
  if ('day' in inline) return timeHtml(inline.day, dayText(inline.day));
  const name = inline.name === undefined ? '' : `<span class="name">${breakable(inline.name)}</span> `;
  return `${name}<code class="key">${breakable(inline.keyArn)}</code>`;
}

/** The day and the hour each stay in one piece; on paper they may stand on two lines. */
function timeHtml(at: string, shown: string): string {
  const pieces = shown.split(/ (?=\d)/).map((piece) => `<span>${forHtml(piece)}</span>`);
  return `<time datetime="${forHtml(at)}">${pieces.join(' ')}</time>`;
}

/** A run up to a joint of an identifier, or as much of a longer word as a narrow column can hold. */
const RUN = /\s+|[^\s:/-]{1,32}[:/-]*|[:/-]+/gu;

/** Lets long words wrap, at their joints where they have any (hyphens do by themselves), and adds no character. */
function breakable(text: string): string {
  const runs = forTerminal(text).match(RUN) ?? [];
  return runs.reduce((html, run, index) => {
    const isJoint = /\S/.test(run) && /[^\s-]$/.test(runs[index - 1] ?? '');
    return `${html}${isJoint ? '<wbr>' : ''}${forHtml(run)}`;
  }, '');
}
