import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { htmlReport } from '../../src/report/html.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { candidateOf, DIGEST, partsOf, recordOf, rolloutAt, type Stage } from './fixture.ts';
import { collect, FORBIDDEN, WORST } from './hostile.ts';

const parts = partsOf('validated');
const stages: Stage[] = ['assessing', 'assessed', 'approved', 'configured', 'validated'];
const formats = [
  ['Markdown', markdownReport],
  ['HTML', htmlReport],
] as const;

/** The text without what only lets it wrap. */
const plain = (report: string) => report.replaceAll('<wbr>', '');

/** The example with hostile text in every field that others fill. */
const hostileRecord = () =>
  recordOf({
    ...parts,
    rollout: { ...parts.rollout, callerArn: WORST, regionsLeftOut: [WORST] },
    unreachable: [{ account: WORST, region: WORST, reason: WORST, fix: WORST }],
    findings: parts.findings.map((finding) => ({ ...finding, ...hostileFields })),
    approvals: parts.approvals.map((approval) => ({
      ...approval,
      reason: WORST,
      source: WORST,
      submittedBy: { ...approval.submittedBy, callerArn: WORST, osUser: WORST, host: WORST },
    })),
    decisions: parts.decisions.map((decision) => ({ ...decision, reason: WORST })),
    outcomes: parts.outcomes.map((outcome) => ({
      ...outcome,
      reason: WORST,
      requestId: WORST,
      error: hostileError,
    })),
    verdicts: parts.verdicts.map((verdict) => ({
      ...verdict,
      error: hostileError,
      differences: [{ fact: WORST, expected: WORST, actual: WORST }],
    })),
  });
const hostileFields: Partial<Finding> = {
  Description: WORST,
  primaryAlias: WORST,
  KeyState: WORST,
  KeySpec: WORST,
  explanation: WORST,
  advice: WORST,
};
const hostileError = {
  operation: WORST,
  kind: 'server' as const,
  code: WORST,
  message: WORST,
  requestId: WORST,
};

describe.each(formats)('the report as %s', (_, report) => {
  it.each(stages)('is whole when the rollout is %s, and the same each time', async (stage) => {
    const text = await collect(report(rolloutAt(stage)));
    expect(text).toBe(await collect(report(rolloutAt(stage))));
    for (const title of [
      'Posture',
      'What could not be seen',
      'Changes',
      'Validation',
      'What this report does not prove',
    ]) {
      expect(text).toContain(title);
    }
    expect(text).not.toMatch(/undefined|\[object|NaN/);
  });

  it('names every key that was approved, wherever it ended', async () => {
    const text = plain(await collect(report(rolloutAt('validated'))));
    const changes = text.slice(
      text.indexOf('Rotation turned on'),
      text.indexOf('Each key that was turned on'),
    );
    for (const { keyArn } of parts.outcomes) expect(changes).toContain(keyArn);
  });

  it('drops no finding, however many there are', async () => {
    const many = Array.from({ length: 700 }, (_, n) => candidateOf(n));
    const text = plain(await collect(report(recordOf({ findings: many }))));
    for (const { keyArn } of many) expect(text).toContain(keyArn);
  });

  it('tells how to check the plan, who approved, and what is uncertain', async () => {
    const text = plain(await collect(report(rolloutAt('validated'))));
    for (const fact of [
      'sha256sum plan.jsonl',
      DIGEST,
      'CHG-10422',
      'presumed',
      'AccessDeniedException',
      'us-east-1',
    ]) {
      expect(text).toContain(fact);
    }
    expect(text).toContain('RotationPeriodInDays');
  });

  it('lets nothing through that hides or acts, whatever AWS or a person wrote', async () => {
    const text = await collect(report(hostileRecord()));
    expect(text.replaceAll('\n', '')).not.toMatch(FORBIDDEN);
  });

  it('says that sums are wrong where they are', async () => {
    const text = await collect(report(recordOf({ ...parts, outcomes: parts.outcomes.slice(1) })));
    expect(text).toContain('Some sums do not add up');
  });
});

describe('the Markdown report', () => {
  it('keeps hostile text inside code and every row in its columns', async () => {
    const text = await collect(markdownReport(hostileRecord()));
    const outside = text.replace(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/[<[\]!@]|https?:|evil/);
    const tables = outside.split(/\n\n+/).filter((block) => block.startsWith('|'));
    for (const table of tables) {
      const widths = table
        .trim()
        .split('\n')
        .map((row) => row.split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

describe('the HTML report', () => {
  const html = () => collect(htmlReport(rolloutAt('validated')));

  it('has no script, no address outside itself, and a policy that forbids both', async () => {
    const text = await collect(htmlReport(hostileRecord()));
    const tags = text.replace(/<style>.*<\/style>/s, '').match(/<[^>]*>/g) ?? [];
    for (const tag of tags)
      expect(tag).not.toMatch(/<(?:script|img|link|iframe|object)|\son\w+=|\ssrc=|\sstyle=/i);
    for (const [, href] of text.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^#/);
    expect(text).toContain("default-src 'none'");
  });

  it('admits exactly the style that it carries', async () => {
    const text = await html();
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(text) ?? [];
    expect(text).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(style).not.toMatch(/url\((?!#)|@import/);
  });

  it('opens and closes every element in turn', async () => {
    const open: string[] = [];
    const tags = (await html())
      .replace(/<!doctype html>|<style>.*<\/style>/gs, '')
      .matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g);
    for (const [, closes, name = '', isEmpty] of tags) {
      if (isEmpty || ['meta', 'wbr', 'br'].includes(name)) continue;
      if (closes) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('reaches every section from its navigation, once', async () => {
    const text = await html();
    const links = [...text.matchAll(/<li><a href="#([\w-]+)"/g)].map(([, id]) => id);
    const ids = [...text.matchAll(/<h2 id="([\w-]+)"/g)].map(([, id]) => id);
    expect(links).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('folds long tables and leaves short ones open', async () => {
    const many = Array.from({ length: 51 }, (_, n) => candidateOf(n));
    expect(await collect(htmlReport(recordOf({ findings: many })))).toContain(
      '<summary>Candidates: 51 rows</summary>',
    );
    expect(await collect(htmlReport(recordOf({ findings: many.slice(1) })))).not.toContain('<details>');
  });
});
