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
      { location: 'line 2', keyArn: a, planDigest: 'd', choice: 'approve', reason: 'because, so' },
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
      requests: [{ keyArn: a, choice: 'decline' }],
    });
  });

  it.each(['keyArn', 'decision', 'planDigest', 'reason', 'Decision', ' KEYARN '])(
    'is refused with a duplicate column %j: readers disagree on which one counts',
    (name) => {
      const { requests, problems } = readDecisionsFile(`${header},${name}\n${a},d,defer,x,approve\n`);
      expect(problems).toEqual([expect.stringMatching(/^line 1: duplicate column /)]);
      expect(requests).toEqual([]);
    },
  );

  it.each(['account', 'region', 'keyId', 'operation'])('is refused with two columns %s', (name) => {
    const { problems } = readDecisionsFile(`${header},${name},${name}\n${a},d,approve,x,1,2\n`);
    expect(problems).toEqual([`line 1: duplicate column ${name}`]);
  });

  it('has every problem named with its line', () => {
    const { requests, problems } = readDecisionsFile(
      `${header}\n${a},d,yes,\n,d,approve,\n${b},,approve,\n${b},d,,why\n`,
    );
    expect(requests).toEqual([]);
    expect(problems.map((problem) => problem.slice(0, 6))).toEqual(['line 2', 'line 3', 'line 4', 'line 5']);
  });

  it.each(['\n', '\r\n', '\r'])('names a row that holds line breaks (%j) by its first line', (end) => {
    const lines = [header, '', `${a},d,yes,"one`, 'two"', '', '', `"${b}",d,no,"`, '', `"`, `${b},d,never,`];
    const { problems } = readDecisionsFile(`${lines.join(end)}${end}`);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['line 3', 'line 7', 'line 10']);
  });

  it('goes by the ARN alone, whatever a spreadsheet made of the account and the dates', () => {
    const source = `keyArn;planDigest;decision;reason;account;CreationDate\r\n${a};d;approve;ü;1,11122E+11;04.03.2021\r\n`;
    expect(readDecisionsFile(source)).toMatchObject({ problems: [], requests: [{ keyArn: a, reason: 'ü' }] });
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
    expect(requests.map(({ keyArn, choice, reason }) => ({ keyArn, choice, reason }))).toEqual([
      { keyArn: a, choice: 'approve', reason: 'r' },
      { keyArn: b, choice: 'defer', reason: undefined },
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
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'line 1, item 1',
      'line 1, item 2',
      'line 1, item 3',
    ]);
    expect(readDecisionsFile('{"keyArn":"k"\n{').problems.map((problem) => problem.split(':')[0])).toEqual([
      'line 1',
      'line 2',
    ]);
  });
});

describe('a decisions file in JSON, for its lines,', () => {
  it('names each item by the line on which it begins', () => {
    const source = JSON.stringify(
      { note: [1, ['[', '"']], decisions: [{ keyArn: a, decision: 'no' }, 7, { tags: [{}], keyArn: b }] },
      null,
      1,
    );
    expect(readDecisionsFile(source).problems.map((problem) => problem.split(':')[0])).toEqual([
      'line 10, item 1',
      'line 14, item 2',
      'line 15, item 3',
    ]);
  });

  it('is refused where a key stands twice: two readers could read it differently', () => {
    const twice = `{"keyArn":"${a}","decision":"decline","decision":"approve"}`;
    for (const source of [twice, `[${twice}]`, `{"decisions":[${twice}]}`, `${twice}\n${twice}\n`]) {
      const { requests, problems } = readDecisionsFile(source);
      expect(requests).toEqual([]);
      expect(problems[0]).toMatch(/line 1.*: decision stands twice/);
    }
    const whole = `{"planDigest":"d","planDigest":"e","decisions":[{"keyArn":"${a}","decision":"defer"}]}`;
    expect(readDecisionsFile(whole).problems).toEqual(['line 1: planDigest stands twice']);
  });
});

describe('a decisions file in JSON that is hostile', () => {
  it.each([
    ['a text of escapes', `["${'\\"'.repeat(2_000_000)}"]`],
    ['a text of backslashes', `["${'\\\\'.repeat(1_000_000)}"]`],
    ['depth', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['a name of everything', '[{"__proto__":{"keyArn":"a","decision":"approve"}}]'],
  ])('by %s is refused all the same', (_, source) => {
    expect(readDecisionsFile(source)).toMatchObject({ requests: [], problems: [expect.any(String)] });
  });
});

describe('a decisions file in YAML', () => {
  it.each([
    [
      'a list',
      `# reviewed\n- keyArn: ${a}\n  decision: approve\n  reason: CIS 3.6\n- {keyArn: "${b}", decision: defer}\n`,
    ],
    [
      'a document',
      `planDigest: d\ndecisions:\n- keyArn: ${a}\n  decision: approve\n  reason: CIS 3.6\n  tags: {x: [1]}\n- keyArn: ${b}\n  decision: defer\n`,
    ],
  ])('is read as %s', (_, source) => {
    const { requests, problems } = readDecisionsFile(source);
    expect(problems).toEqual([]);
    expect(requests).toMatchObject([
      { keyArn: a, choice: 'approve', reason: 'CIS 3.6' },
      { keyArn: b, choice: 'defer' },
    ]);
    if (source.startsWith('plan')) expect(requests[1]).toMatchObject({ planDigest: 'd' });
  });

  it('has every problem named with its line', () => {
    const source = `- keyArn: ${a}\n  decision: yes\n- 7\n- keyArn: ${b}\n  decision: defer\n  decision: approve\n- !x {keyArn: a}\n- &k\n  keyArn: !!str ${a}\n  decision: defer\n- *k\n- keyArn: ${a}\n  decision: defer\n  reason: 7\n`;
    const { requests, problems } = readDecisionsFile(source);
    expect(requests).toEqual([]);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      [1, 3, 6, 7, 9, 11, 12].map((line) => `line ${line}`),
    );
    expect(readDecisionsFile('- a: [\n- b: "\n').problems.length).toBeGreaterThan(0);
  });

  it('is not blown up by aliases, depth or size', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((name, n) => `${name}: &${name} [${`*${'abcdefghij'[n]},`.repeat(9)}]`).join('\n')}\ndecisions: [*j]\n`;
    for (const source of [bomb, `- ${'['.repeat(100_000)}`, `- ${'x'.repeat(9_000_000)}`, '- <<: *x\n']) {
      const { requests, problems } = readDecisionsFile(source);
      expect(requests).toEqual([]);
      expect(problems.length).toBeGreaterThan(0);
    }
  });
});

describe('any file at all', () => {
  it('is read or refused, and never throws or approves what it does not say', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.string({ unit: 'binary' }).map((s) => `- keyArn: ${s}`),
          fc.json().map((s) => `decisions: ${s}`),
          fc.string().map((s) => `${header}\n${s}`),
        ),
        (source) => {
          for (const { choice } of readDecisionsFile(source).requests) {
            expect(source.toLowerCase()).toContain(choice);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
