import { describe, expect, it, onTestFinished } from 'vitest';
import type * as z from 'zod';
import { planDigest } from '../../../src/assess/plan.ts';
import { finding as findingSchema } from '../../../src/model/finding.ts';
import { jsonText } from '../../../src/model/json-text.ts';
import { rollout as rolloutSchema } from '../../../src/model/rollout.ts';
import { recordLines } from '../../../src/report/lines.ts';
import { openTemporaryStore } from '../../../src/store/open.ts';
import { loadPlan, planFile } from '../../../src/workflow/approve/plan-file.ts';
import { planHeaderOf } from '../../../src/workflow/rollout/plan-header.ts';
import { arnOf } from '../../support/facts.ts';
import { gather } from '../../support/gather.ts';
import { beginJourney } from '../journey.ts';

const EU = 'eu-central-1';
const AT = new Date('2026-11-25T12:00:00Z');
type Line = Record<string, unknown>;

/** In the order in which records are written, if it is one. */
function inOrder<T>(schema: z.ZodType<T>, line: Line): T {
  const parsed = schema.safeParse(line);
  return parsed.success ? parsed.data : (line as T);
}

/** A plan file that somebody changed before it was handed on; its digest is made anew where that is possible. */
async function loadForged(forgeRollout: (rollout: Line) => Line, forgeFinding = (finding: Line) => finding) {
  const journey = await beginJourney((aws) => {
    aws.add('a', EU, { Description: 'key a' });
    aws.add('on', EU, {}, true);
    aws.add('off', EU, { Enabled: false, KeyState: 'Disabled' });
  });
  const plan = (await gather(planFile(journey.store, await journey.assess()))).join('');
  const [head = '', ...lines] = plan.trimEnd().split('\n');
  const findings = lines.map((line) => forgeFinding(JSON.parse(line)));
  const rollout = inOrder(rolloutSchema, forgeRollout(JSON.parse(head).rollout));
  const planned = findings.map(({ reason, ...line }) =>
    inOrder(findingSchema, reason ? { ...line, reason } : line),
  );
  const digest = await planDigest(planHeaderOf(rollout), planned);
  const first = { schema: 'keyturn/plan-file/v1', rollout: { ...rollout, planDigest: digest } };
  const text = [
    `${jsonText(first)}
`,
    ...(await gather(recordLines(planned))),
  ].join('');
  const store = await openTemporaryStore();
  onTestFinished(() => store.close());
  async function* bytes() {
    yield Buffer.from(text);
  }
  const loaded = await loadPlan(store, bytes(), AT);
  return { rollout: loaded, findings: await gather(store.findings(loaded.id)) };
}

const FORGED = 'FORGED';
const same = (line: Line) => line;

describe('a plan file', () => {
  it('gives an approver nothing that its digest does not cover', async () => {
    const { rollout, findings } = await loadForged(
      (line) => ({
        ...line,
        createdAt: '2020-01-01T00:00:00.000Z',
        assessedAt: '1999-01-01T00:00:00.000Z',
        callerArn: FORGED,
        keyturnVersion: FORGED,
        maxPeriodInDays: 1,
        price: { perRotation: 0, currency: 'XXX', rotations: 0, source: FORGED, basis: 'given' },
        notAssessed: [{ id: FORGED, name: FORGED, state: FORGED }],
        regionsLeftOut: [FORGED],
        profiles: [{ name: FORGED, account: FORGED }],
        roles: { assess: FORGED, configure: FORGED },
      }),
      (line) => ({
        ...line,
        explanation: FORGED,
        advice: FORGED,
        NextRotationDate: '1999-01-01T00:00:00.000Z',
        lastUsage: { TrackingStartDate: '1999-01-01T00:00:00.000Z' },
        readAt: { [FORGED]: '1999-01-01T00:00:00.000Z' },
        gaps: [{ operation: 'GetKeyLastUsage', kind: 'network', code: 'c', message: FORGED }],
      }),
    );
    const text = JSON.stringify([rollout, findings]);
    for (const forged of [FORGED, '1999', '2020-01', 'XXX', 'maxPeriod']) expect(text).not.toContain(forged);
    expect([rollout.assessedAt, rollout.createdAt]).toEqual([AT.toISOString(), AT.toISOString()]);
    expect(findings.map(({ advice }) => advice).join()).toMatch(/Approve it to have rotation turned on/);
  });

  it.each<[string, (line: Line) => Line]>([
    ['a forged table', (line) => ({ ...line, id: 'x\n\nCandidates: 0\n' })],
    ['a sequence for the clipboard', (line) => ({ ...line, id: '\u001b]52;c;cm0gLXJm\u0007' })],
    ['text that turns itself round', (line) => ({ ...line, id: 'a\u202eb' })],
    ['a path', (line) => ({ ...line, id: '../../x' })],
    ['a space', (line) => ({ ...line, id: 'a b' })],
    ['nothing', (line) => ({ ...line, id: '' })],
    ['a long text', (line) => ({ ...line, id: 'a'.repeat(200) })],
  ])('is refused if the id of its rollout is %s', async (_, forge) => {
    await expect(loadForged(forge)).rejects.toMatchObject({ code: 'input-plan' });
  });

  it.each<[string, Line]>([
    ['key id', { keyId: 'another' }],
    ['account', { account: '999999999999' }],
    ['Region', { region: 'us-east-1' }],
    ['ARN', { keyArn: `${arnOf('a')}/x` }],
  ])('is refused if a key has the %s of another', async (_, change) => {
    const forge = (line: Line) => (line['keyArn'] === arnOf('a') ? { ...line, ...change } : line);
    await expect(loadForged(same, forge)).rejects.toMatchObject({ code: 'input-plan' });
  });
});
