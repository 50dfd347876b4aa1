import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/index.ts';
import { type Assessed, candidates, EXIT, FRANKFURT, IRELAND, startJourney } from '../support/journey.ts';

const FAULTS: readonly (readonly [string, FaultRule, RegExp])[] = [
  ['pages that never end', { kind: 'endless' }, /ListKeys: BrokenPagination \(500 empty pages/],
  ['64 MiB', { kind: 'flood' }, /ListKeys: UND_ERR_RES_EXCEEDED_MAX_SIZE/],
  ['a gzip bomb', { kind: 'flood', gzip: true }, /ListKeys: (UndocumentedAnswer|SyntaxError|UND_ERR)/],
];

describe.concurrent('a place whose answers break their bounds', () => {
  it.each(FAULTS)('is unreachable, and the other is assessed: %s', async (_, fault, reason) => {
    const { run } = await startJourney({
      keys: [...candidates(2), ...candidates(1, IRELAND)],
      faults: [{ ...fault, operation: 'ListKeys', region: IRELAND }],
    });
    const { code, json } = await run('assess', '--json', '--region', FRANKFURT, '--region', IRELAND);
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>()).toMatchObject({
      totals: { listed: 2, candidate: 2 },
      unreachable: [{ region: IRELAND, reason: expect.stringMatching(reason) }],
    });
  });
});

it('a key whose dates are absurd is unknown, and the store can be read', async () => {
  const keyId = '11111111-1111-4111-8111-111111111111';
  const { run, findings } = await startJourney({
    keys: [...candidates(2), { region: FRANKFURT, keyId }],
    faults: [
      {
        kind: 'answer',
        operation: 'DescribeKey',
        key: keyId,
        merge: { KeyMetadata: { CreationDate: 3.2e12 } },
      },
    ],
  });
  expect((await run('assess', '--json')).code).toBe(EXIT.incomplete);
  const found = await findings();
  expect(found.map(({ kind }) => kind).sort()).toEqual(['candidate', 'candidate', 'unknown']);
  expect((await run('status')).code).toBe(EXIT.done);
});
