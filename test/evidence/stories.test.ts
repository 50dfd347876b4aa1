import { describe, expect, it } from 'vitest';
import { decideApproval } from '../../src/workflow/approve/approve.ts';
import { importApproval } from '../../src/workflow/approve/import-approval.ts';
import { chooseRollout } from '../../src/workflow/rollout/choose-rollout.ts';
import { cpuMs } from '../support/cpu.ts';
import { ACCOUNT, REGION } from '../support/facts.ts';
import { checkWithPython, hasPython, withoutPython } from '../support/python.ts';
import {
  edited,
  journalOf,
  type Loose,
  manifestOf,
  naming,
  sealed,
  textOf,
  verdictOn,
  verify,
  withFile,
} from './forge.ts';
import {
  APPROVER,
  DENIED,
  type Files,
  MAKER,
  PROVEN,
  type Story,
  tell,
  tellShort,
  tellWhole,
} from './story.ts';

/** Rollouts as they can be left, each with what makes its evidence special. */
const STORIES: Readonly<Record<string, (story: Story) => Promise<unknown>>> = {
  'nothing in scope': (story) => story.assess(),
  'assessed only': async (story) => {
    story.aws.add('c1-proven', REGION);
    await story.assess();
  },
  'an account out of reach': async ({ aws, assess }) => {
    aws.unreachable.add(ACCOUNT);
    await assess();
  },
  'a listing that is not sure': async ({ aws, assess }) => {
    const { keyArn } = aws.add('c1-proven', REGION);
    aws.listings.push((keys) => [...keys, ...keys]);
    aws.unreadable.set(`GetKeyRotationStatus ${keyArn}`, 'access-denied');
    await assess();
  },
  'approved only': async (story) => {
    story.aws.add('c1-proven', REGION);
    await story.assess();
    await story.decide('approve', [PROVEN]);
  },
  'a change that nobody settled': async (story) => {
    const key = story.aws.add('c1-proven', REGION);
    key.fates.push('lost after acting');
    await story.assess();
    await story.decide('approve', [PROVEN]);
    story.aws.onCall = (operation) => {
      if (operation === 'EnableKeyRotation') {
        story.aws.unreadable.set(`GetKeyRotationStatus ${key.keyArn}`, 'server');
      }
    };
    await story.configure();
  },
  'called three times, then given up': async (story) => {
    story.aws
      .add('c1-proven', REGION)
      .fates.push('lost before acting', 'lost before acting', 'lost before acting');
    await story.assess();
    await story.decide('approve', [PROVEN]);
    await story.configure();
  },
  'refused, declined, approved again, then done': async (story) => {
    story.aws.add('c3-denied', REGION).fates.push('denied');
    await story.assess();
    await story.decide('approve', [DENIED]);
    await story.configure();
    await story.decide('decline', [DENIED]);
    await story.decide('approve', [DENIED]);
    await story.configure();
    await story.validate();
  },
  'declined after a refusal': async (story) => {
    story.aws.add('c3-denied', REGION).fates.push('denied');
    story.aws.add('c1-proven', REGION);
    await story.assess();
    await story.decide('approve', [DENIED, PROVEN]);
    await story.configure();
    await story.decide('decline', [DENIED]);
    await story.validate();
  },
  'an approval that expired, and one that followed': async (story) => {
    story.aws.add('c1-proven', REGION);
    story.aws.add('c3-denied', REGION);
    await story.assess();
    await story.decide('approve', [PROVEN, DENIED], undefined, { lifeMs: 1000 });
    await story.decide('approve', [DENIED]);
    await story.configure();
    await story.decide('approve', [PROVEN]);
    await story.configure();
  },
  'declined by two, withdrawn by one, then by the other': async (story) => {
    story.aws.add('c1-proven', REGION);
    story.aws.add('c3-denied', REGION);
    await story.assess();
    await story.decide('decline', [PROVEN], APPROVER);
    await story.decide('decline', [PROVEN, DENIED], undefined, { who: 'arn:bob' });
    await story.decide('approve', [PROVEN, DENIED]);
    await story.decide('approve', [DENIED], undefined, { who: 'arn:bob', lifeMs: 60_000 });
    await story.configure();
    await story.decide('defer', [PROVEN], APPROVER);
    await story.decide('defer', [PROVEN], undefined, { who: 'arn:bob' });
    await story.configure();
    await story.validate();
  },
  'approvals made elsewhere, one signed': async (story) => {
    const { store, clock } = story;
    story.aws.add('c1-proven', REGION);
    story.aws.add('c3-denied', REGION);
    await story.assess();
    const rollout = await chooseRollout(store, undefined);
    const by = { callerArn: 'operator', account: ACCOUNT, userId: 'AIDA', osUser: 'olga', host: 'bastion' };
    for (const [id, keyArn, key] of [
      ['e-1', PROVEN, APPROVER],
      ['e-2', DENIED, undefined],
    ] as const) {
      const approval = await decideApproval({ store, clock, newApprovalId: () => id }, rollout, {
        requests: [{ location: 'test', keyArn, choice: 'approve' }],
        problems: [],
        source: 'keys',
        submittedBy: { osUser: 'alice', host: 'laptop' },
        ...(key && { key }),
      });
      await clock.sleep(1000);
      await importApproval({ store, clock }, rollout, approval, { by });
    }
    await story.configure();
  },
  'somebody else was faster, and another key is gone': async (story) => {
    const fast = story.aws.add('c1-proven', REGION);
    const gone = story.aws.add('c3-denied', REGION);
    await story.assess();
    await story.decide('approve', [DENIED, PROVEN]);
    story.aws.turnOn(fast, 90);
    story.aws.keys.delete(gone.keyArn);
    await story.configure();
  },
  'credentials that expired': async (story) => {
    story.aws.add('c1-proven', REGION).fates.push('credentials expired');
    await story.assess();
    await story.decide('approve', [PROVEN]);
    await story.configure();
  },
  'turned off again before validation, twice validated': async (story) => {
    const key = story.aws.add('c1-proven', REGION);
    await story.assess();
    await story.decide('approve', [PROVEN]);
    await story.configure();
    key.rotation = { KeyRotationEnabled: false };
    await story.validate();
    await story.validate();
  },
  'text that is hostile to a terminal': async (story) => {
    story.aws.add('c1-proven', REGION, {
      Description: '\u001b[31m\u202e "\\ \u007f \u{e0041} ü 🔑 </script>',
    });
    await story.assess();
    await story.decide('approve', [PROVEN]);
  },
};

const evidenceOf = (play: (story: Story) => Promise<unknown>): Promise<Files> =>
  tell(async (story) => {
    await play(story);
    return story.report();
  });

describe('evidence of a rollout at any stage', () => {
  it.each(Object.entries(STORIES))('holds: %s', async (_, play) => {
    const files = await evidenceOf(play);
    expect(await verdictOn(files)).toBe('accepted');
    expect(await evidenceOf(play)).toEqual(files);
  });

  it.skipIf(!hasPython)(`holds for docs/verify_evidence.py too${withoutPython}`, async () => {
    const files = await Promise.all(Object.values(STORIES).map(evidenceOf));
    const said = checkWithPython(files);
    const names = Object.keys(STORIES);
    expect(names.map((name, index) => `${name}: ${said[index]}`)).toEqual(names.map((name) => `${name}: 0`));
  });
});

describe('evidence that is good', () => {
  it('is the same to the byte when it is made twice, and making it adds nothing to the journal', async () => {
    await tell(async (story) => {
      const first = await tellWhole(story, { approver: APPROVER, maker: MAKER });
      expect(await story.report(MAKER)).toEqual(first);
    });
  });

  it('says who signed what, and what its journal amounts to', async () => {
    const files = await tell((story) => tellWhole(story, { approver: APPROVER, maker: MAKER }));
    const { signers, history, manifest } = await verify(files, { trust: [APPROVER, MAKER] });
    expect(signers.bundle).toMatch(/^[0-9a-f]{64}$/);
    expect([...signers.approvals.keys()]).toEqual(['approval-2']);
    expect(history.head.entries).toBe(journalOf(files).length);
    expect(manifest.notSeen.unknown).toBe(1);
  });

  it('that is trusted by one key is not by another, and each approving approval needs one', async () => {
    const files = await tell((story) => tellShort(story, { approver: APPROVER, maker: MAKER }));
    expect(await verdictOn(files, { trust: [APPROVER, MAKER] })).toBe('accepted');
    expect(await verdictOn(files, { trust: [MAKER] })).toBe('evidence-untrusted');
    expect(await verdictOn(files, { trust: [APPROVER] })).toBe('evidence-untrusted');
    const unapproved = await tell((story) => tellShort(story, { maker: MAKER }));
    expect(await verdictOn(unapproved)).toBe('accepted');
    expect(await verdictOn(unapproved, { trust: [MAKER] })).toBe('evidence-untrusted');
  });

  it('of another version is checked all the same; only its prose is not rendered anew', async () => {
    const files = await tell((story) => tellShort(story));
    const another = { keyturnVersion: '9.9.9' };
    expect(await verdictOn(files, another)).toBe('accepted');
    for (const name of ['report.md', 'report.html']) {
      const otherwise = sealed(withFile(files, name, '# Another report\n'));
      expect(await verdictOn(otherwise)).toBe('evidence-report');
      expect((await verify(otherwise, another)).notRendered).toEqual([name]);
      expect(await verdictOn(sealed(withFile(files, name, undefined)), another)).toBe('evidence-report');
    }
  });

  it('of another version has true data', async () => {
    const files = await tell((story) => tellShort(story));
    const sealing = /^(journal|findings|plan)\.jsonl$|^manifest\.json$|^SHA256SUMS$|\.(md|html)$/;
    const data = [...files.keys()].filter((name) => !sealing.test(name));
    expect(data.length).toBeGreaterThan(9);
    for (const name of data) {
      const otherwise = sealed(edited(files, name, (text) => `${text}{}\n`));
      expect(await verdictOn(otherwise, { keyturnVersion: '9.9.9' }), name).toBe('evidence-report');
    }
    const lies = {
      times: (manifest: Loose) => ({ ...manifest.times, assessedAt: null }),
      notSeen: (manifest: Loose) => ({ ...manifest.notSeen, regionsLeftOut: [] }),
      scope: (manifest: Loose) => ({ ...manifest.scope, tags: false }),
    };
    for (const [name, lie] of Object.entries(lies)) {
      const otherwise = sealed(files, (manifest) => ({ ...manifest, [name]: lie(manifest) }));
      expect(await verdictOn(otherwise, { keyturnVersion: '9.9.9' }), name).toBe('evidence-report');
    }
    const more = withFile(files, 'addendum.md', 'All keys rotate.\n');
    expect(
      await verdictOn(sealed(more, naming('addendum.md', 'All keys rotate.\n')), { keyturnVersion: '9.9.9' }),
    ).toBe('evidence-report');
  });

  it('has a sum for each file, the manifest last', async () => {
    const files = await tell((story) => tellShort(story));
    const named = textOf(files, 'SHA256SUMS')
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66));
    expect(named).toEqual([...manifestOf(files).files.map(({ name }) => name), 'manifest.json']);
  });

  it('with a link or a directory beside it is refused', async () => {
    const files = await tell((story) => tellShort(story));
    expect(await verdictOn(files, { strays: ['link'] })).toBe('evidence-file-extra');
  });
});

describe('a bundle with many approvers on one key', () => {
  it('is checked in time that grows with its size', async () => {
    const seconds = (count: number) =>
      tell(async (story) => {
        const { keyArn } = story.aws.add('a', REGION);
        await story.assess();
        for (let index = 0; index < count; index += 1) {
          const decision = index % 2 === 0 ? 'approve' : 'defer';
          await story.decide(decision, [keyArn], undefined, { who: `arn:${index % (count / 2)}` });
        }
        const files = await story.report();
        const begun = cpuMs();
        expect(await verdictOn(files)).toBe('accepted');
        return cpuMs() - begun;
      });
    await seconds(10);
    expect((await seconds(120)) / (await seconds(40))).toBeLessThan(8);
  });
});
