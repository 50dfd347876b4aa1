import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One measured ratio: ours against something else of the same run. */
export interface Figure {
  readonly what: string;
  readonly ratio: number;
  /** What the ratio should be, at most or at least. */
  readonly aim?: string;
  /** The bare figures behind it. */
  readonly detail: string;
}

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const chart = fileURLToPath(new URL('../../docs/performance.svg', import.meta.url));
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Puts the figures into docs/performance.md, between its two marks. */
export function writeFigures(figures: readonly Figure[]): void {
  const text = readFileSync(page, 'utf8');
  const rows = figures.map(
    ({ what, ratio, aim = '', detail }) => `| ${what} | ${ratio.toFixed(2)} | ${aim} | ${detail} |`,
  );
  const table = ['| what | ratio | aim | figures |', '|---|---|---|---|', ...rows].join('\n');
  const [before = '', rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  writeFileSync(page, `${before}${BEGIN}\n${table}\n${END}${after}`);
}

const [WIDTH, ROW, LABELS] = [720, 26, 430];

/** Bars of the ratios that are held against an ideal or against another way: 1 is a line. */
export function drawChart(figures: readonly Figure[]): void {
  const shown = figures.filter(({ ratio }) => ratio <= 4);
  const most = Math.max(1.5, ...shown.map(({ ratio }) => ratio));
  const x = (ratio: number) => LABELS + ((WIDTH - LABELS - 50) * ratio) / most;
  const bars = shown.map(({ what, ratio }, row) => {
    const y = row * ROW + 8;
    const width = x(ratio) - LABELS;
    return `<text x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${escapeXml(what)}</text><rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="18" fill="#1a7f5a"/><text x="${x(ratio) + 6}" y="${y + 13}">${ratio.toFixed(2)}</text>`;
  });
  const height = shown.length * ROW + 12;
  writeFileSync(
    chart,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Measured ratios; 1 is the ideal or the other way"><rect width="${WIDTH}" height="${height}" fill="#fff"/>${bars.join('')}<line x1="${x(1)}" x2="${x(1)}" y1="2" y2="${height - 2}" stroke="#888" stroke-dasharray="3 3"/></svg>\n`,
  );
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
