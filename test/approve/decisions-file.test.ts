import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecisionsFile } from '../../src/approve/decisions-file.ts';
import { arnOf } from '../support/facts.ts';

const [a, b] = [arnOf('a'), arnOf('b')];
const header = 'keyArn,planDigest,decision,reason';

describe('a decisions file in CSV', () => {
  it('decides the rows that have a decision, and no other', () => {
    const { requests, problems } = readDecisionsFile(`${header}\n${a},d,approve,"because, so"\n${b},d,,\n`);
    expect(problems).toEqual([]);
    expect(requests).toEqual([
      { where: 'line 2', keyArn: a, planDigest: 'd', decision: 'approve', reason: 'because, so' },
    ]);
  });

  it.each([
    ['semicolons', `keyArn;planDigest;decision;reason\r\n${a};d;decline;x\r\n`],
    ['tabs', `keyArn\tplanDigest\tdecision\treason\n${a}\td\tdecline\tx\n`],
    ['a byte order mark', `\uFEFF${header}\n${a},d,decline,x\n`],
    ['other columns in another order', `note,decision,reason,planDigest,keyArn\nhello,Decline ,x,d, ${a}\n`],
  ])('is read with %s', (_, source) => {
    expect(readDecisionsFile(source)).toMatchObject({
      problems: [],
      requests: [{ keyArn: a, decision: 'decline' }],
    });
  });

  it('has every problem named with its line', () => {
    const { requests, problems } = readDecisionsFile(
      `${header}\n${a},d,yes,\n,d,approve,\n${b},,approve,\n${b},d,,why\n`,
    );
    expect(requests).toEqual([]);
    expect(problems.map((problem) => problem.slice(0, 6))).toEqual(['line 2', 'line 3', 'line 4', 'line 5']);
  });

  it('is refused without the columns it needs', () => {
    expect(readDecisionsFile(`keyArn,decision\n${a},approve\n`).problems).toEqual([
      'line 1: no column planDigest',
    ]);
    expect(readDecisionsFile('"unclosed').problems).toHaveLength(1);
  });
});

describe('a decisions file in JSON', () => {
  const items = [
    { keyArn: a, decision: 'approve', reason: 'r' },
    { keyArn: b, decision: 'defer', reason: null, KeySpec: 'SYMMETRIC_DEFAULT' },
  ];

  it.each([
    ['an array', JSON.stringify(items)],
    ['lines', items.map((item) => JSON.stringify(item)).join('\r\n')],
    ['a document', JSON.stringify({ decisions: items }, null, 2)],
  ])('is read as %s', (_, source) => {
    const { requests, problems } = readDecisionsFile(source);
    expect(problems).toEqual([]);
    expect(requests.map(({ keyArn, decision, reason }) => ({ keyArn, decision, reason }))).toEqual([
      { keyArn: a, decision: 'approve', reason: 'r' },
      { keyArn: b, decision: 'defer', reason: undefined },
    ]);
  });

  it('binds every decision to the plan that it names', () => {
    const source = JSON.stringify({ planDigest: 'd', decisions: items });
    expect(readDecisionsFile(source).requests.map(({ planDigest }) => planDigest)).toEqual(['d', 'd']);
    const mixed = JSON.stringify({ planDigest: 'd', decisions: [{ ...items[0], planDigest: 'e' }] });
    expect(readDecisionsFile(mixed).problems).toHaveLength(1);
  });

  it('has every problem named with its place', () => {
    const { problems } = readDecisionsFile(
      '[{"keyArn":1,"decision":"approve"},{"keyArn":"k","decision":"APPROVED"},7]',
    );
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['item 1', 'item 2', 'item 3']);
    expect(readDecisionsFile('{"keyArn":"k"\n{').problems.map((problem) => problem.split(':')[0])).toEqual([
      'line 1',
      'line 2',
    ]);
  });
});

describe('any file at all', () => {
  it('is read or refused, and never throws or approves what it does not say', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.string().map((s) => `${header}\n${s}`),
        ),
        (source) => {
          for (const { decision } of readDecisionsFile(source).requests) {
            expect(source.toLowerCase()).toContain(decision);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
