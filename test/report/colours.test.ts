import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { styleOf } from '../../src/report/html/style.ts';

const page = readFileSync(new URL('../../ui/src/page.css', import.meta.url), 'utf8');
const report = styleOf('r').text;

/** The values of a colour, light first. */
const valuesOf = (css: string, name: string) =>
  [...css.matchAll(new RegExp(`--${name}:\\s*(#[0-9a-f]+)`, 'g'))].slice(0, 2).map(([, value]) => value);

it.each([
  ['on', 'on'],
  ['changed-line', 'changed-line'],
  ['off', 'off'],
  ['unsupported', 'cannot'],
  ['unknown', 'not-known'],
])('%s has one colour in the report and on the page', (inReport, onPage) => {
  expect(valuesOf(report, inReport)).toHaveLength(2);
  expect(valuesOf(page, onPage)).toEqual(valuesOf(report, inReport));
});
