import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { priceOf } from '../../src/model/prices.ts';
import { findingsCsv } from '../../src/report/csv.ts';
import { htmlReport } from '../../src/report/html.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import {
  addedText,
  ageText,
  lastUseText,
  pastRotationsText,
  replicasText,
} from '../../src/report/profile.ts';
import { candidateOf, partsOf, recordOf } from './fixture.ts';

const STACK = {
  'aws:cloudformation:stack-name': 'check<out>',
  'aws:cloudformation:logical-id': 'CheckoutKey',
};
const LAST_USAGE = {
  TrackingStartDate: '2026-03-01T00:00:00.000Z',
  KeyLastUsage: { Operation: 'Decrypt', Timestamp: '2026-10-01T08:00:00.000Z' },
};
const RICH: Finding = candidateOf(1, {
  tags: STACK,
  pastRotations: 1,
  lastUsage: LAST_USAGE,
  MultiRegionConfiguration: {
    MultiRegionKeyType: 'PRIMARY',
    ReplicaKeys: [{ Arn: 'arn:replica', Region: 'eu-west-1' }],
  },
});

const gather = async (chunks: AsyncIterable<string>) => (await Array.fromAsync(chunks)).join('');

function record(findings: readonly Finding[]) {
  const { rollout, ...parts } = partsOf('assessed');
  const scope = { ...rollout.scope, lastUsage: true, rotations: true };
  return recordOf({
    ...parts,
    findings,
    decisions: [],
    rollout: { ...rollout, scope, maxPeriodInDays: 300 },
  });
}

describe('what is shown of a candidate', () => {
  it('is its age at the assessment, replicas, last use and what is added a month', () => {
    expect(ageText(RICH, '2026-11-22T00:00:00.000Z')).toBe('5 y');
    expect(ageText({ ...RICH, CreationDate: '2026-11-01T00:00:00.000Z' }, '2026-11-22T00:00:00.000Z')).toBe(
      '21 d',
    );
    expect(replicasText(RICH)).toBe('1: eu-west-1');
    expect(lastUseText(RICH)).toBe('last used 2026-10-01 (Decrypt)');
    expect(addedText(RICH, priceOf('aws'))).toBe('2');
  });

  it('never shows what could not be read as 0 or as unused', () => {
    const { lastUsage, pastRotations, ...rest } = RICH;
    const gap = { operation: 'ListKeyRotations', kind: 'access-denied', code: 'x', message: '' } as const;
    const unread = { ...rest, gaps: [gap], readAt: { lastUsage: '2026-11-22T00:00:00.000Z' } };
    expect(addedText(unread, priceOf('aws'))).toBe('≤ 2, then 4');
    expect(pastRotationsText(unread)).toBe('unreadable');
    expect(pastRotationsText(rest)).toBe('not read');
    expect([lastUseText(unread), lastUseText(rest)]).toEqual(['unreadable', '']);
  });

  it('stands in CSV, Markdown and HTML, with the total and its caveats', async () => {
    const csv = await gather(findingsCsv([RICH], 'd', priceOf('aws-cn')));
    const [row = {}] = parse(csv, { columns: true }) as Record<string, string>[];
    const cell = (title: string) => row[title];
    expect(
      ['stack', 'stackResource', 'replicas', 'pastRotations', 'addedPerMonth', 'currency'].map(cell),
    ).toEqual(['check<out>', 'CheckoutKey', '1', '1', '2', 'USD']);
    for (const report of [markdownReport, htmlReport]) {
      const text = (await gather(report(record([RICH])))).replaceAll(/<wbr>/g, '');
      expect(text).toContain('that each pays for rotations too is inferred');
      expect(text).toContain('restarts the period');
      expect(text).toContain('last used 2026-10-01');
      if (report === htmlReport) expect(text).not.toContain('check<out>');
    }
  });

  it('points out keys that rotate less often than wanted', async () => {
    const { findings } = partsOf('assessed');
    const text = await gather(markdownReport(record(findings)));
    expect(text).toContain('Of these, 6 keys rotate less often than every 300 days');
    expect(text).toContain('longer than 300 days');
  });
});
