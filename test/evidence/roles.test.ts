import { createPublicKey, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listSigners, requiredRoles } from '../../src/cli/show/evidence/signers.ts';
import { sayVerification } from '../../src/cli/show/evidence/verification.ts';
import { EvidenceError } from '../../src/evidence/error.ts';
import { requireTrust } from '../../src/evidence/signatures.ts';
import type { Verification } from '../../src/workflow/verify/verify.ts';
import { temporaryDirectory } from '../support/journey.ts';
import { checkWithPython, hasPython, withoutPython } from '../support/python.ts';
import { keyIdOfKey, trustIn, type VerifyOptions, verify } from './forge.ts';
import { APPROVER, type Files, MAKER, STRANGER, tell, tellShort } from './story.ts';

const OPTIONS = { trust: '--trust', trustApprover: '--trust-approver', trustMaker: '--trust-maker' } as const;
const NAMES = ['trust', 'trustApprover', 'trustMaker'] as const;
const CHOICES: readonly KeyObject[][] = [[], [APPROVER], [MAKER], [STRANGER], [APPROVER, MAKER]];

/** Every way to name some keys in the three options. */
const COMBINATIONS = CHOICES.flatMap((trust) =>
  CHOICES.flatMap((trustApprover) => CHOICES.map((trustMaker) => ({ trust, trustApprover, trustMaker }))),
);

/** What has to come of it, for a bundle that the maker signed with an approval that the approver signed. */
function dueFor({ trust, trustApprover, trustMaker }: Required<VerifyOptionsOfTrust>): string {
  const approvers = [...trust, ...trustApprover];
  const makers = [...trust, ...trustMaker];
  const isGood =
    (approvers.length === 0 || approvers.includes(APPROVER)) &&
    (makers.length === 0 || makers.includes(MAKER));
  return isGood ? 'accepted' : 'evidence-untrusted';
}
type VerifyOptionsOfTrust = Pick<VerifyOptions, 'trust' | 'trustApprover' | 'trustMaker'>;

describe('trust in roles', () => {
  let files: Files;
  let verification: Verification;
  beforeAll(async () => {
    files = await tell((story) => tellShort(story, { approver: APPROVER, maker: MAKER }));
    verification = await verify(files);
  });

  it('asks of each role for what its options name', () => {
    const { signers, history } = verification;
    for (const options of COMBINATIONS) {
      let said = 'accepted';
      try {
        requireTrust(signers, history.approvals, trustIn(options));
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        said = error.code;
      }
      expect(said, JSON.stringify(trustIn(options))).toBe(dueFor(options));
    }
  });

  it.skipIf(!hasPython)(`docs/verify_evidence.py says the same${withoutPython}`, () => {
    const directory = temporaryDirectory();
    const fileOf = new Map(
      [APPROVER, MAKER, STRANGER].map((key, index) => {
        const file = join(directory, `${index}.pub`);
        writeFileSync(file, createPublicKey(key).export({ format: 'pem', type: 'spki' }));
        return [key, file];
      }),
    );
    const argumentsOf = (options: Required<VerifyOptionsOfTrust>) =>
      NAMES.flatMap((name) => options[name].flatMap((key) => [OPTIONS[name], fileOf.get(key) ?? '']));
    const said = checkWithPython(
      COMBINATIONS.map(() => files),
      undefined,
      COMBINATIONS.map(argumentsOf),
    );
    const due = COMBINATIONS.map((options) =>
      dueFor(options) === 'accepted' ? '0' : '5 evidence-untrusted',
    );
    expect(said).toEqual(due);
  });

  const textOf = (options: VerifyOptions) => sayVerification(verification, trustIn(options));
  const maker = keyIdOfKey(MAKER);
  const approver = keyIdOfKey(APPROVER);

  it('is told with who signed what: key, file, role', () => {
    const { proved, notProved } = textOf({ trustApprover: [APPROVER], trustMaker: [MAKER] });
    expect(proved).toContain(`Key ${maker} (maker.pub, trusted as maker) signed the bundle.`);
    expect(proved).toContain(
      `Key ${approver} (approver.pub, trusted as approver) signed approval approval-2.`,
    );
    expect(notProved.join('\n')).not.toMatch(/role|signature was required|Whose keys/);
  });

  it.each<[string, VerifyOptions, RegExp[]]>([
    ['no key is trusted', {}, [/Whose keys these are: .*--trust-approver/]],
    ['a key is trusted in either role', { trust: [APPROVER, MAKER] }, [/no role was required/]],
    ['no maker is', { trustApprover: [APPROVER] }, [/Who made the bundle: no signature was required/]],
    ['no approver is', { trustMaker: [MAKER] }, [/Who approved: no signature was required/]],
    [
      'one key is trusted as both',
      { trustApprover: [APPROVER, MAKER], trustMaker: [MAKER] },
      [/two people: key \w+ is trusted as both/],
    ],
  ])('is told where %s', (_, options, says) => {
    for (const each of says) expect(textOf(options).notProved.join('\n')).toMatch(each);
  });

  it('names an unknown key, and a key of the other role, loudly', () => {
    expect(textOf({}).proved.join('\n')).toMatch(/signed approval approval-2\. UNKNOWN KEY/);
    expect(textOf({ trustMaker: [APPROVER] }).proved.join('\n')).toMatch(
      /signed approval approval-2\. NOT TRUSTED AS APPROVER: maker\.pub is trusted as maker only/,
    );
  });

  it('is in JSON too', () => {
    const trust = trustIn({ trustApprover: [APPROVER], trustMaker: [MAKER] });
    expect(listSigners(verification, trust)).toEqual([
      {
        signed: 'bundle',
        keyid: maker,
        role: 'maker',
        trusted: true,
        trustedAs: [{ role: 'maker', file: 'maker.pub' }],
      },
      {
        signed: 'approval',
        approval: 'approval-2',
        keyid: approver,
        role: 'approver',
        trusted: true,
        trustedAs: [{ role: 'approver', file: 'approver.pub' }],
      },
    ]);
    expect(requiredRoles(trust)).toEqual(['approver', 'maker']);
    expect(requiredRoles(trustIn({ trust: [MAKER], trustApprover: [APPROVER] }))).toEqual([]);
    expect(requiredRoles(trustIn({ trustMaker: [MAKER] }))).toEqual(['maker']);
  });
});
