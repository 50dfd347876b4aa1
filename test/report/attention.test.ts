import { describe, expect, it } from 'vitest';
import { coverageOf, notSeenText, seenText } from '../../src/report/coverage.ts';
import { htmlReport } from '../../src/report/html.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import type { RolloutRecord } from '../../src/report/record.ts';
import { ACCOUNT, partsOf, recordOf, rolloutAt } from './fixture.ts';
import { collect } from './hostile.ts';

const parts = partsOf('validated');
const html = async (record: RolloutRecord) => (await collect(htmlReport(record))).replaceAll('<wbr>', '');

/** The text between two headings, without tags. */
function sectionOf(text: string, id: string): string {
  const start = text.indexOf(`<section aria-labelledby="${id}">`);
  return text.slice(start, text.indexOf('</section>', start));
}
const words = (text: string) =>
  text
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#39;', "'");

/** Only what went well: every approved key was turned on and read back as expected, and every place was listed. */
function allWell(): RolloutRecord {
  const outcomes = parts.outcomes.slice(0, 11);
  const decisions = parts.decisions.map((decided, n) =>
    n < 11
      ? decided
      : {
          keyArn: decided.keyArn,
          keyId: decided.keyId,
          account: ACCOUNT,
          region: decided.region,
          choice: 'undecided' as const,
        },
  );
  return recordOf({
    ...parts,
    unreachable: [],
    rollout: { ...parts.rollout, scope: { ...parts.rollout.scope, regions: ['eu-central-1', 'eu-west-1'] } },
    findings: parts.findings.filter(({ kind }) => kind !== 'unknown'),
    places: parts.places.map((place) => ({ ...place, unknown: 0, listed: place.listed - place.unknown })),
    outcomes,
    decisions,
    verdicts: parts.verdicts.slice(0, 11),
  });
}

describe('what needs attention', () => {
  it('is the first section, and names each key with alias, ARN and a link to its row', async () => {
    const text = await html(rolloutAt('validated'));
    expect(text.indexOf('<h2')).toBe(text.indexOf('<h2 id="attention"'));
    const section = sectionOf(text, 'attention');
    const wrong = [
      ...parts.outcomes.filter(({ status }) => status === 'failed' || status === 'skipped'),
      ...parts.verdicts.filter(({ kind }) => kind !== 'confirmed'),
      ...parts.findings.filter(({ kind }) => kind === 'unknown'),
    ];
    for (const { keyArn } of wrong) {
      const [, link = ''] =
        new RegExp(`<a href="#([\\w-]+)">[^>]*>alias/[^<]*</span> <code class="key">${keyArn}`).exec(
          section,
        ) ?? [];
      expect(link, keyArn).not.toBe('');
      expect(text.split(`id="${link}"`), link).toHaveLength(2);
    }
    expect(words(section)).toMatch(
      /failed 3 Changes .*not as expected 1 Validation .*could not be assessed 3/,
    );
    expect(words(section)).toMatch(/1 111122223333 ap-southeast-2 AccessDeniedException on kms:ListKeys/);
  });

  it('never lets the stage read as success over a failed or discrepant key', async () => {
    const text = await html(rolloutAt('validated'));
    const front = text.slice(text.indexOf('<header>'), text.indexOf('</header>'));
    expect(front).not.toMatch(/<strong>|Validated/);
    expect(words(front)).toMatch(/Needs attention ✕ 3 failed ✕ 1 not as expected ! 1 could not be read back/);
  });

  it('is told as nothing only if nothing is amiss', async () => {
    const text = await html(allWell());
    expect(words(sectionOf(text, 'attention'))).toMatch(/Nothing: every place was listed/);
    expect(words(text.slice(0, text.indexOf('</header>')))).toMatch(/Needs attention nothing/);
  });

  it('tells announced changes without an end apart from those not begun', async () => {
    const outcomes = parts.outcomes.map((o, n) => ({
      ...o,
      ...(n < 2 && { status: n === 0 ? ('unsettled' as const) : ('pending' as const) }),
    }));
    const text = words(sectionOf(await html(recordOf({ ...parts, outcomes })), 'attention'));
    expect(text).toMatch(/effect not known 1 Changes/);
    expect(text).toMatch(/not changed yet 1 Changes/);
    expect(text).toContain('The call was announced and its effect is not known');
  });

  it('counts all keys of a kind, shows some of them, and leads to the rest', async () => {
    const failed = parts.outcomes[19];
    if (!failed) throw new Error('the fixture has outcomes');
    const outcomes = Array.from({ length: 70 }, (_, n) => ({ ...failed, keyArn: `${failed.keyArn}${n}` }));
    const section = words(sectionOf(await html(recordOf({ ...parts, outcomes, verdicts: [] })), 'attention'));
    expect(section).toMatch(/failed 70 Changes/);
    expect(section.match(/✕ failed access-denied/g)).toHaveLength(50);
    expect(section).toContain('The first 50 of each kind are shown');
  });
});

describe('what was looked at', () => {
  const unreachable = (account: string, region = '*') => ({ account, region, reason: 'r', fix: 'f' });
  const accounts = ['1', '2', '3', '4'];
  const regions = ['eu-west-1', 'us-east-1'];

  it('counts accounts and Regions that were seen, not those in scope', () => {
    const places = [
      { account: '1', region: 'eu-west-1' },
      { account: '2', region: 'eu-west-1' },
    ];
    const coverage = coverageOf({ accounts, regions }, places, [
      unreachable('3'),
      unreachable('4'),
      unreachable('1', 'us-east-1'),
      unreachable('2', 'eu-west-1'),
    ]);
    expect(seenText(coverage.accounts, 'account')).toBe('2 of 4 accounts');
    expect(seenText(coverage.regions, 'Region')).toBe('1 of 2 Regions');
    expect(notSeenText(coverage)).toBe(
      '2 accounts and 1 place could not be listed; 1 place could not be fully listed',
    );
  });

  it('is no success if no account could be seen', async () => {
    const many = Array.from({ length: 241 }, (_, n) => String(100_000_000_000 + n));
    const first = parts.places[0];
    if (!first) throw new Error('the fixture has places');
    const record = recordOf({
      ...partsOf('assessed'),
      rollout: { ...parts.rollout, scope: { ...parts.rollout.scope, accounts: many } },
      findings: [],
      decisions: [],
      places: [
        { ...first, account: many[0] ?? '', candidate: 0, enabled: 0, ineligible: 0, unknown: 0, listed: 4 },
      ],
      unreachable: many.slice(1).map((account) => unreachable(account)),
    });
    for (const text of [words(await html(record)), await collect(markdownReport(record))]) {
      expect(text).toContain('0 customer managed keys in 1 of 241 accounts');
      expect(text).toContain('240 accounts could not be listed');
      expect(text).toContain('and 230 more');
      expect(text).not.toMatch(/listed every key|Nothing:/);
    }
  });
});

describe('the times of a report', () => {
  it('are said in one way to be those of the machine', async () => {
    const text = words(await html(rolloutAt('validated')));
    expect(text.match(/Times are those of the machine that ran Keyturn, except the dates/g)).toHaveLength(2);
    expect(text).not.toMatch(/AWS’s answer; nothing is estimated/);
  });
});

describe('keys of several accounts', () => {
  it('stand under their account, with totals by account', async () => {
    const accounts = [ACCOUNT, '444455556666'];
    const record = recordOf({
      ...parts,
      rollout: { ...parts.rollout, scope: { ...parts.rollout.scope, accounts } },
      outcomes: parts.outcomes.map((o, n) => (n < 5 ? o : { ...o, account: '444455556666' })),
    });
    const section = words(sectionOf(await html(record), 'changes'));
    expect(section).toMatch(/By account .*111122223333 5 0 0 0 0 .*444455556666 9 2 1 3 0/);
    expect(section).toMatch(/Account 111122223333 , eu-central-1 .*Account 444455556666 , eu-central-1/);
  });
});

describe('many places', () => {
  it('are told by the exceptions; paper leaves the rest out', async () => {
    const [first] = parts.places;
    if (!first) throw new Error('the fixture has places');
    const places = Array.from({ length: 40 }, (_, n) => ({
      ...first,
      account: String(n),
      reconciled: n !== 7,
    }));
    const section = sectionOf(await html(recordOf({ ...parts, places })), 'completeness');
    const [before = '', after = ''] = section.split('<details class="detail">');
    expect(words(before)).toMatch(/does not add up in 1 of 40 places/);
    expect(before.match(/<tr>/g)).toHaveLength(3);
    expect(after.slice(0, after.indexOf('</details>')).match(/<tr>/g)).toHaveLength(41);
  });
});
