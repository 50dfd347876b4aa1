import type { Step } from '../../configure/step.ts';
import type { TrustedKey } from '../../evidence/trust.ts';
import { isExpired } from '../../model/in-force.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { concurrently } from '../concurrently.ts';
import type { Host } from '../host.ts';
import type { ApprovedKey, KmsPlace, Store } from '../ports.ts';
import { checkCaller } from '../reading/check-caller.ts';
import { UNCOVERED } from './change-key.ts';
import { checkKey } from './check-key.ts';
import { keysToChange, placesToChange, unsignedKeys } from './keys-to-change.ts';

const PLACES_AT_ONCE = 16;
const KEYS_AT_ONCE = 16;

/** What configure would do to a key now; kept small, since there is one for each key. */
export interface DryRunStep {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  /** `settle`: read an earlier change back first; `later`: beyond the limit of this run. */
  readonly step: Step | { readonly kind: 'settle' } | { readonly kind: 'later' };
}

/** Makes the same fresh checks as `configure` and says what would follow; records nothing, changes nothing. */
export async function dryRun(
  { aws, store, clock, notify }: Host,
  rollout: AssessedRollout,
  limit: number,
  approvers?: readonly TrustedKey[],
): Promise<DryRunStep[]> {
  const { places, keys, covers } = await placesToChange(store, rollout, approvers);
  await checkCaller(aws, rollout);
  const steps: DryRunStep[] = [];
  await concurrently(places, PLACES_AT_ONCE, async ({ place }) => {
    const kms = aws.place(place);
    await concurrently(keysToChange(store, rollout, place, covers), KEYS_AT_ONCE, async (key) => {
      const { keyArn, keyId, account, region } = key.decision;
      const step = await previewStep(store, kms, rollout, key);
      const expired = step.kind === 'enable' && isExpired(key.expiresAt, clock.now().toISOString());
      steps.push({ keyArn, keyId, account, region, step: expired ? EXPIRED : step });
      notify({ code: 'progress', phase: 'configure', done: steps.length, of: keys });
    });
  });
  if (covers) {
    for await (const { decision } of unsignedKeys(store, rollout, covers)) {
      const { keyArn, keyId, account, region } = decision;
      steps.push({ keyArn, keyId, account, region, step: NOT_SIGNED });
    }
  }
  steps.sort((a, b) => (a.keyArn < b.keyArn ? -1 : 1));
  let left = limit;
  return steps.map((each) =>
    each.step.kind !== 'enable' || left-- > 0 ? each : { ...each, step: { kind: 'later' } },
  );
}

const EXPIRED = { kind: 'skip', ...UNCOVERED['approval-expired'], drift: [] } as const;
const NOT_SIGNED = { kind: 'skip', ...UNCOVERED['not-signed'], drift: [] } as const;

async function previewStep(
  store: Store,
  kms: KmsPlace,
  rollout: AssessedRollout,
  { decision: { keyArn, keyId }, change }: ApprovedKey,
): Promise<DryRunStep['step']> {
  if (change?.status === 'unsettled') return { kind: 'settle' };
  return (await checkKey(store, kms, rollout, { keyArn, keyId })).step;
}
