import { RAISE_LIMIT, TOO_MANY_FILES } from '../model/advice.ts';
import { adviseDenial, parseDenial } from '../model/denial.ts';
import type { Finding, FindingReason } from '../model/finding.ts';
import { warnOfRefusal } from '../model/refusal-warning.ts';
import { describeStack, stackOf } from '../model/stack.ts';
import type { Conclusion } from './eligibility.ts';

export interface Explanation {
  readonly explanation: string;
  readonly advice: string;
}

type Profile = Pick<
  Finding,
  | 'account'
  | 'region'
  | 'KeySpec'
  | 'KeyUsage'
  | 'Origin'
  | 'KeyState'
  | 'MultiRegionConfiguration'
  | 'tags'
  | 'policy'
  | 'proposed'
  | 'gaps'
>;

/** Says in one sentence why a key is where it is, and what a person can do instead. Sources: kms-facts §1, §4, §7. */
export function explainFinding(conclusion: Conclusion, profile: Profile): Explanation {
  switch (conclusion.kind) {
    case 'candidate':
      return say('Supports automatic rotation, and it is off.', adviseCandidate(profile));
    case 'enabled':
    case 'aws-managed':
      return say('Automatic rotation is on.', 'Nothing to do.');
    case 'ineligible':
    case 'unknown':
      return EXPLAIN[conclusion.reason](profile);
  }
}

/** Who owns the key in code, and who may change its policy, have something to do first. */
function adviseCandidate({ tags, policy, proposed }: Profile): string {
  const stack = stackOf(tags);
  const warning = warnOfRefusal({ kind: 'candidate', policy });
  return [
    'Approve it to have rotation turned on.',
    ...(warning ? [warning.reason, warning.fix] : []),
    ...(stack ? [describeStack(stack, { proposed })] : []),
  ].join(' ');
}

const say = (explanation: string, advice: string): Explanation => ({ explanation, advice });

const ROTATE_BY_HAND = 'Create a new key and point its alias at it when the material has to change.';
const REPORT_UPDATE = 'Check for a newer Keyturn; until then treat the key by hand.';

const EXPLAIN: Readonly<Record<FindingReason, (profile: Profile) => Explanation>> = {
  'unknown-manager': () => say('KMS names a key manager that Keyturn does not know.', REPORT_UPDATE),
  asymmetric: ({ KeySpec }) =>
    say(`Asymmetric keys (${KeySpec}) have no automatic rotation.`, ROTATE_BY_HAND),
  hmac: ({ KeySpec }) => say(`HMAC keys (${KeySpec}) have no automatic rotation.`, ROTATE_BY_HAND),
  'key-agreement': ({ KeySpec }) =>
    say(`Key agreement keys (${KeySpec}) have no automatic rotation.`, ROTATE_BY_HAND),
  'unknown-spec': ({ KeySpec }) => say(`Keyturn does not know the key spec ${KeySpec}.`, REPORT_UPDATE),
  'unknown-usage': ({ KeyUsage }) =>
    say(`Keyturn does not know this use of a key: ${KeyUsage}.`, REPORT_UPDATE),
  'imported-material': () =>
    say(
      'The key material was imported (origin EXTERNAL); KMS rotates only material that it made.',
      'Import new material and rotate on demand (RotateKeyOnDemand).',
    ),
  'cloudhsm-key-store': () =>
    say('The key lives in a CloudHSM key store, which has no automatic rotation.', ROTATE_BY_HAND),
  'external-key-store': () =>
    say(
      'The key lives in an external key store: its manager rotates it.',
      'Rotate it in the external key manager.',
    ),
  'unknown-origin': ({ Origin }) => say(`Keyturn does not know this origin: ${Origin}.`, REPORT_UPDATE),
  replica: ({ MultiRegionConfiguration }) => explainReplica(MultiRegionConfiguration?.PrimaryKey),
  'unknown-multi-region-role': () => say('Keyturn does not know this multi-Region role.', REPORT_UPDATE),
  disabled: () =>
    say(
      'The key is disabled; KMS neither rotates it nor changes its setting.',
      'Enable the key, then assess again.',
    ),
  'pending-deletion': () =>
    say(
      'The key is scheduled for deletion; its rotation reads as off until that is cancelled.',
      'Cancel the deletion and enable the key if it is still needed, then assess again.',
    ),
  'pending-import': () => say('The key waits for its material.', 'Import the material, then assess again.'),
  creating: () => say('The key is still being created.', 'Assess again in a minute.'),
  updating: () => say('The primary Region of the key is being changed.', 'Assess again in a few minutes.'),
  unavailable: () => say('The key store is not connected.', 'Reconnect the key store, then assess again.'),
  'unknown-state': ({ KeyState }) => say(`Keyturn does not know the key state ${KeyState}.`, REPORT_UPDATE),
  'access-denied': (profile) =>
    say(
      `The caller may not call ${action(profile)} on this key, so nothing is known of its rotation.`,
      `${adviseDenial(profile.gaps[0] ?? UNTOLD, profile)} Then assess again.`,
    ),
  credentials: () =>
    say('AWS did not accept the credentials for this read.', 'Renew the credentials, then assess again.'),
  'region-unavailable': (profile) =>
    say(
      `The Region does not accept the credentials (${profile.gaps[0]?.code}), so nothing is known of the key.`,
      'Enable the Region for the account, or leave it out with --exclude-region, then assess again.',
    ),
  disappeared: () =>
    say(
      'The key was listed at first, and a second listing no longer has it.',
      'Nothing, if it was meant to go.',
    ),
  'gave-up-throttled': (profile) =>
    say(
      `KMS kept throttling ${action(profile)}: the quota is shared with everyone in the account.`,
      'Assess again at a quieter time.',
    ),
  unsupported: (profile) =>
    say(
      `KMS says that ${action(profile)} is not supported on this key, against its type.`,
      'Look at it by hand.',
    ),
  'aws-error': (profile) =>
    say(`KMS answered ${action(profile)} with an error (${profile.gaps[0]?.code}).`, 'Assess again.'),
  network: (profile) =>
    say(
      `No answer to ${action(profile)}.`,
      TOO_MANY_FILES.test(profile.gaps[0]?.code ?? '')
        ? RAISE_LIMIT
        : 'Check the network, then assess again.',
    ),
  'malformed-answer': (profile) =>
    say(
      `The answer to ${action(profile)} was not one that KMS documents.`,
      'Assess again; look at it by hand.',
    ),
  'contradictory-answer': (profile) =>
    profile.gaps[0]?.kind === 'not-found'
      ? say(
          `KMS lists the key, and ${action(profile)} does not find it. It may have been created a moment ago.`,
          'Assess again in a few minutes.',
        )
      : say(
          'The facts that KMS gave of this key contradict each other.',
          'Assess again; look at it by hand.',
        ),
};

function explainReplica(primary: { Arn: string; Region: string } | undefined): Explanation {
  const where = primary ? `${primary.Arn} in ${primary.Region}` : 'an unnamed key';
  return say(
    `A multi-Region replica: rotation is a shared property, set on its primary, ${where}.`,
    'Turn rotation on at the primary; replicas follow.',
  );
}

/** The failed read that decided; as AWS names it: `kms:DescribeKey`, or `sts:AssumeRole` without credentials. */
const action = ({ gaps }: Profile): string => parseDenial(gaps[0] ?? UNTOLD).action;

const UNTOLD = { operation: 'DescribeKey', message: '' };
