import {
  type Block,
  type Column,
  type GroupRow,
  isGroup,
  type Row,
  type TableBlock,
  type Text,
} from '../document/model.ts';
import { count } from '../document/phrases.ts';
import { forHtml } from '../escape.ts';
import { inBatches } from '../rows.ts';
import { inlineHtml } from './inline.ts';
import { postureHtml } from './posture.ts';

/** More rows than this are folded away on screen; on paper everything is there. */
const FOLDED_FROM = 51;

export async function* blockChunks(block: Block): AsyncGenerator<string> {
  if (block.kind === 'table') yield* tableChunks(block);
  else yield blockHtml(block);
}

function blockHtml(block: Exclude<Block, TableBlock>): string {
  switch (block.kind) {
    case 'heading':
      return `<h3>${forHtml(block.text)}</h3>\n`;
    case 'prose':
      return `<p>${inlineHtml(block.text)}</p>\n`;
    case 'note':
      return `<p class="note ${block.tone}"><strong>Note:</strong> ${inlineHtml(block.text)}</p>\n`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inlineHtml(item)}</li>\n`).join('')}</ul>\n`;
    case 'facts':
      return factList(block.facts);
    case 'figures':
      return figureList(block.figures);
    case 'posture':
      return postureHtml(block.bars);
  }
}

export function factList(facts: readonly (readonly [label: string, value: Text])[]): string {
  const items = facts.map(([label, value]) => {
    return `<div><dt>${forHtml(label)}</dt><dd>${inlineHtml(value)}</dd></div>\n`;
  });
  return `<dl class="facts">\n${items.join('')}</dl>\n`;
}

function figureList(figures: Extract<Block, { kind: 'figures' }>['figures']): string {
  const items = figures.map(({ label, value, note }) => {
    const said = `<dd class="value">${forHtml(value)}</dd><dd class="remark">${forHtml(note)}</dd>`;
    return `<div><dt>${forHtml(label)}</dt>${said}</div>\n`;
  });
  return `<dl class="figures">\n${items.join('')}</dl>\n`;
}

async function* tableChunks({
  caption,
  columns,
  count: total,
  rows,
  isDetail = false,
}: TableBlock): AsyncGenerator<string> {
  const isFolded = isDetail || total >= FOLDED_FROM;
  if (isFolded)
    yield `<details${isDetail ? ' class="detail"' : ''}>\n<summary>${forHtml(caption)}: ${count(total)} rows</summary>\n`;
  // Focusable, so that a table wider than the screen can be scrolled by keyboard.
  yield `<div class="scroll" role="region" aria-label="${forHtml(caption)}" tabindex="0">\n<table>\n`;
  yield `<caption>${forHtml(caption)}</caption>\n<thead><tr>${columns.map(titleCell).join('')}</tr></thead>\n<tbody>\n`;
  for await (const batch of inBatches(rows())) yield batch.map((row) => tableRow(row, columns)).join('');
  yield `</tbody>\n</table>\n</div>\n${isFolded ? '</details>\n' : ''}`;
}

const alignment = (column: Column | undefined): string =>
  column?.align === 'right' ? ' class="number"' : '';

const titleCell = (column: Column): string =>
  `<th scope="col"${alignment(column)}>${forHtml(column.title)}</th>`;

function tableRow(row: Row | GroupRow, columns: readonly Column[]): string {
  if (isGroup(row)) {
    return `<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${inlineHtml(row.group)}</th></tr>\n`;
  }
  const cells = row.map((cell, index) => {
    const inner = inlineHtml(cell);
    return index === 0 ? `<th scope="row">${inner}</th>` : `<td${alignment(columns[index])}>${inner}</td>`;
  });
  return `<tr>${cells.join('')}</tr>\n`;
}
