import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { decisionsCsv, findingsCsv, outcomesCsv, verdictsCsv } from '../../src/report/csv.ts';
import { candidateOf, DIGEST, partsOf, rolloutAt } from './fixture.ts';
import { collect, FORBIDDEN, WORST } from './hostile.ts';

const { findings, decisions, outcomes, verdicts } = partsOf('validated');
const { approvals } = rolloutAt('validated');
const rowsOf = (text: string): Record<string, string>[] => parse(text, { columns: true, bom: true });

describe('findings as CSV', () => {
  it('begins with what a person fills in, beside the plan that it is for', async () => {
    const text = await collect(findingsCsv(findings, DIGEST));
    expect(text).toMatch(
      /^\uFEFFkeyArn,planDigest,decision,reason,keyId,account,region,finding,basis,findingReason,/,
    );
    for (const row of rowsOf(text))
      expect(row).toMatchObject({ planDigest: DIGEST, decision: '', reason: '' });
  });

  it('has a row for every finding, in their order', async () => {
    const rows = rowsOf(await collect(findingsCsv(findings, DIGEST)));
    expect(rows.map(({ keyArn }) => keyArn)).toEqual(findings.map(({ keyArn }) => keyArn));
  });

  it('keeps a record on one line and out of reach of formulas, whatever AWS sent', async () => {
    const finding = candidateOf(1, {
      Description: WORST,
      aliases: [WORST],
      primaryAlias: WORST,
      tags: { '=1': WORST },
    });
    const text = await collect(findingsCsv([finding], DIGEST));
    expect(text.split('\n')).toHaveLength(3);
    expect(text.slice(1).replaceAll('\n', '')).not.toMatch(FORBIDDEN);
    for (const cell of Object.values(rowsOf(text)[0] ?? {})) expect(cell).not.toMatch(/^\s*[=+\-@]/);
  });

  it('writes its header where there is nothing', async () => {
    expect((await collect(findingsCsv([]))).split('\n')).toHaveLength(2);
  });
});

describe('the other listings as CSV', () => {
  it('tell of each decision who took it and when', async () => {
    const rows = rowsOf(await collect(decisionsCsv(decisions, approvals)));
    expect(rows).toHaveLength(decisions.length);
    expect(rows[0]).toMatchObject({
      decision: 'approve',
      approval: 'a-1',
      decidedAt: approvals[0]?.at,
      host: 'bastion-1',
    });
    expect(rows.at(-1)).toMatchObject({ decision: 'undecided', decidedAt: '' });
  });

  it('give a failed change its whole error', async () => {
    const rows = rowsOf(await collect(outcomesCsv(outcomes)));
    expect(rows).toHaveLength(outcomes.length);
    expect(rows.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      errorOperation: 'EnableKeyRotation',
      errorCode: 'AccessDeniedException',
      attempts: '1',
    });
  });

  it('say of a discrepant verdict what was expected and what was found', async () => {
    const rows = rowsOf(await collect(verdictsCsv(verdicts)));
    expect(rows.find(({ verdict }) => verdict === 'discrepant')).toMatchObject({
      differences: 'RotationPeriodInDays: expected 365, actual 180',
    });
  });
});
