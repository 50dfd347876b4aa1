import { assembleDocument } from './document/assemble.ts';
import {
  type Block,
  type Column,
  type GroupRow,
  type Inline,
  isGroup,
  type PostureBar,
  type Row,
  type Section,
  type TableBlock,
  type Text,
  textParts,
} from './document/model.ts';
import { count } from './document/phrases.ts';
import { forMarkdown, forMarkdownCode } from './escape-markdown.ts';
import type { RolloutRecord } from './record.ts';
import { inBatches } from './rows.ts';
import { dayText, timeText } from './time.ts';

/** The report of one rollout as Markdown with the tables of GitHub; the same content as `htmlReport`. */
export async function* markdownReport(record: RolloutRecord): AsyncGenerator<string> {
  const { title, lead, facts, sections } = await assembleDocument(record);
  yield `# ${forMarkdown(title)}\n\n${inline(lead)}\n\n${factLines(facts)}\n`;
  for (const section of sections) yield* sectionChunks(section);
}

async function* sectionChunks({ title, blocks }: Section): AsyncGenerator<string> {
  yield `\n## ${forMarkdown(title)}\n`;
  for (const block of blocks) {
    yield '\n';
    if (block.kind === 'table') yield* tableChunks(block);
    else yield `${blockText(block)}\n`;
  }
}

function blockText(block: Exclude<Block, TableBlock>): string {
  switch (block.kind) {
    case 'heading':
      return `### ${forMarkdown(block.text)}`;
    case 'prose':
      return inline(block.text);
    case 'note':
      return `> **Note:** ${inline(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'facts':
      return factLines(block.facts);
    case 'figures':
      return block.figures
        .map(
          ({ label, value, note }) =>
            `- **${forMarkdown(label)}:** ${forMarkdown(value)} (${forMarkdown(note)})`,
        )
        .join('\n');
    case 'posture':
      return postureTable(block.bars);
  }
}

const factLines = (facts: readonly (readonly [string, Text])[]): string =>
  facts.map(([label, value]) => `- **${forMarkdown(label)}:** ${inline(value)}`).join('\n');

function postureTable(bars: readonly PostureBar[]): string {
  const columns: Column[] = [
    { title: 'Keys' },
    ...bars.map(({ label }): Column => ({ title: label, align: 'right' })),
  ];
  const segments = bars[0]?.segments ?? [];
  const rows = segments.map(({ word }, index): Row => {
    return [word, ...bars.map((bar) => count(bar.segments[index]?.keys ?? 0))];
  });
  return `${tableHead(columns)}${rows.map(tableRow).join('')}`.trimEnd();
}

async function* tableChunks({ columns, rows }: TableBlock): AsyncGenerator<string> {
  yield tableHead(columns);
  const line = (row: Row | GroupRow) =>
    tableRow(isGroup(row) ? [row.group, ...columns.slice(1).map(() => '')] : row);
  for await (const batch of inBatches(rows())) yield batch.map(line).join('');
}

function tableHead(columns: readonly Column[]): string {
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  return `${tableRow(columns.map(({ title }) => title))}| ${rule.join(' | ')} |\n`;
}

const tableRow = (cells: Row): string => `| ${cells.map(inline).join(' | ')} |\n`;

/** Two code spans that touch would read as one, so a space keeps them apart. */
function inline(text: Text): string {
  return textParts(text)
    .map(inlinePart)
    .reduce((line, next) => {
      return line.endsWith('`') && next.startsWith('`') ? `${line} ${next}` : line + next;
    }, '');
}

function inlinePart(part: Inline): string {
  if (typeof part === 'string') return keepEnds(part);
  if ('code' in part) return forMarkdownCode(part.code);
  if ('strong' in part) return `**${forMarkdown(part.strong)}**`;
  if ('tone' in part) return `**${forMarkdown(part.word)}**`;
  if ('time' in part) return forMarkdown(timeText(part.time));
  if ('day' in part) return forMarkdown(dayText(part.day));
  if (!('keyArn' in part)) return forMarkdown(part.text);
  const name = part.name === undefined ? '' : ` ${forMarkdownCode(part.name)}`;
  return `${forMarkdownCode(part.keyArn)}${name}`;
}

/** Escaping trims, and a part of a sentence ends where the next begins. */
function keepEnds(text: string): string {
  const before = /^\s/.test(text) ? ' ' : '';
  const after = /\S\s+$/.test(text) ? ' ' : '';
  return `${before}${forMarkdown(text)}${after}`;
}
