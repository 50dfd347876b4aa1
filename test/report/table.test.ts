import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTable, streamTable } from '../../src/report/table.ts';
import { collect, FORBIDDEN, WORST } from './hostile.ts';

const columns = [
  { title: 'Key', identifier: true },
  { title: 'Text' },
  { title: 'Days', align: 'right' as const },
];
const rows = [
  ['11112222-aaaa', '鍵 of the ledger, which is long', '365'],
  ['33334444-bbbb', 'short', '90'],
];
const linesOf = (table: string) => table.trimEnd().split('\n');

describe('a terminal table', () => {
  it('cuts nothing where no width is given', () => {
    expect(renderTable(columns, rows)).toContain('鍵 of the ledger, which is long');
  });

  it('fits the terminal, and cuts text before identifiers', () => {
    const table = renderTable(columns, rows, { width: 36 });
    for (const line of linesOf(table)) expect(stringWidth(line)).toBeLessThanOrEqual(36);
    expect(table).toContain('11112222-aaaa');
    expect(table).toContain('…');
  });

  it('keeps the end of an identifier that has to be cut', () => {
    expect(renderTable(columns, rows, { width: 22 })).toMatch(/^….*aaaa/m);
  });

  it('lines columns up by what is shown, not by characters', () => {
    const [, first = '', second = ''] = linesOf(renderTable(columns, rows));
    expect(stringWidth(first)).toBe(stringWidth(second));
  });

  it('writes codes for bold only where colour is on', () => {
    expect(renderTable(columns, rows)).not.toContain('\u001b');
    const [header = '', ...rest] = linesOf(renderTable(columns, rows, { colour: true }));
    expect(header.startsWith('\u001b[1mKey') && header.endsWith('\u001b[22m')).toBe(true);
    expect(rest.join()).not.toContain('\u001b');
  });

  it('lets no hostile cell break out of its line', () => {
    const table = renderTable(columns, [[WORST, WORST, WORST]]);
    expect(linesOf(table)).toHaveLength(2);
    expect(table.replaceAll('\n', '')).not.toMatch(FORBIDDEN);
  });

  it('is the same when it is streamed, and prints its header over no rows', async () => {
    expect(await collect(streamTable(columns, rows, { width: 40 }))).toBe(
      renderTable(columns, rows, { width: 40 }),
    );
    expect(await collect(streamTable(columns, []))).toBe(renderTable(columns, []));
  });
});
