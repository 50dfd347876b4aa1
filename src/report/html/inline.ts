import { type Inline, type Text, type Tone, textParts } from '../document/model.ts';
import { forHtml, forTerminal } from '../escape.ts';
import { dayText, timeText } from '../time.ts';

/** The only way for text into the HTML report, with `forHtml`: nothing here is passed through. */
export const inlineHtml = (text: Text): string => textParts(text).map(part).join('');

/** Says the status by shape as well as by word; colour comes third. */
const GLYPH: Readonly<Record<Tone, string>> = { good: '✓', attention: '!', bad: '✕', neutral: '–' };

function part(inline: Inline): string {
  if (typeof inline === 'string') return breakable(inline);
  if ('code' in inline) return `<code>${joints(inline.code)}</code>`;
  if ('strong' in inline) return `<strong>${breakable(inline.strong)}</strong>`;
  if ('tone' in inline) {
    const glyph = `<span aria-hidden="true">${GLYPH[inline.tone]}</span>`;
    return `<span class="tone ${inline.tone}">${glyph} ${forHtml(inline.word)}</span>`;
  }
  if ('time' in inline) return timeHtml(inline.time, timeText(inline.time));
  if ('day' in inline) return timeHtml(inline.day, dayText(inline.day));
  if (!('keyArn' in inline)) return linkHtml(inline.to, forHtml(inline.text));
  const { name, keyArn, id, to } = inline;
  const alias = name === undefined ? '' : `<span class="name">${breakable(name)}</span> `;
  const place = id === undefined ? '' : ` id="${forHtml(id)}"`;
  const html = `${alias}<code class="key"${place}>${joints(keyArn)}</code>`;
  return to === undefined ? html : linkHtml(to, html);
}

const linkHtml = (to: string, html: string): string => `<a href="#${forHtml(to)}">${html}</a>`;

/** The day and the hour each stay in one piece; on paper they may stand on two lines. */
function timeHtml(at: string, shown: string): string {
  const pieces = shown.split(/ (?=\d)/).map((piece) => `<span>${forHtml(piece)}</span>`);
  return `<time datetime="${forHtml(at)}">${pieces.join(' ')}</time>`;
}

/** A run up to a joint of an identifier, or as much of a longer word as a narrow column can hold. */
const RUN = /\s+|[^\s:/-]{1,32}[:/-]*|[:/-]+/gu;
/** The same for code, which breaks nowhere else: a Region or a key's id stays whole. */
const CODE_RUN = /\s+|[^\s:/]{1,40}[:/]*|[:/]+/gu;
/** Names that hyphens would break. */
const REGION = /(?<![\w-])([a-z]{2}(?:-[a-z]+)+-\d)(?![\w-])/;

/** Lets long words wrap, at their joints where they have any (hyphens do by themselves), and adds no character. */
function breakable(text: string): string {
  const pieces = forTerminal(text).split(REGION);
  return pieces
    .map((piece, index) =>
      index % 2 === 1 ? `<span class="whole">${forHtml(piece)}</span>` : wrapped(piece, RUN),
    )
    .join('');
}

const joints = (text: string): string => wrapped(forTerminal(text), CODE_RUN);

function wrapped(text: string, run: RegExp): string {
  const runs = text.match(run) ?? [];
  return runs.reduce((html, piece, index) => {
    const isJoint = /\S/.test(piece) && /[^\s-]$/.test(runs[index - 1] ?? '');
    return `${html}${isJoint ? '<wbr>' : ''}${forHtml(piece)}`;
  }, '');
}
