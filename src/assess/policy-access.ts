import type { KeyMetadata, PolicySummary, RotationAccess } from '../model/key-facts.ts';
import { type Answer, type Context, holds } from './policy-condition.ts';
import { type Entries, matches, type Statement } from './policy-document.ts';

/** The call that configure is to make on a key. */
export interface EnableCall {
  readonly keyArn: string;
  readonly account: string;
  readonly region: string;
  /** Days. */
  readonly RotationPeriodInDays: number;
  readonly metadata: KeyMetadata;
  /** Who makes it. If that is not sure: those who are likely to, the likeliest first, and `isSure` false. */
  readonly principals: readonly string[];
  readonly isSure: boolean;
}

const ACTION = 'kms:EnableKeyRotation';
const MOST_PRINCIPALS = 5;

/** Says what a key policy makes of the call, as IAM evaluates it within an account (kms-facts §7.1). */
export function accessOf(statements: readonly Statement[], call: EnableCall): RotationAccess {
  const judged = call.principals.map((principal) => accessBy(statements, call, principal));
  const best = RANKS.flatMap((rank) => judged.filter(({ access }) => access === rank)).at(0);
  if (!best) return { access: 'refused' };
  if (call.isSure) return best;
  // Whoever assesses may be another one each time: the plan does not change with that.
  const { principal: _, ...anonymous } = best;
  if (best.access !== 'refused') return anonymous;
  const others = namedPrincipals(statements, call.account).filter((each) =>
    LETS_IN.has(accessBy(statements, call, each).access),
  );
  return others.length === 0
    ? anonymous
    : { access: 'conditional', principals: others.slice(0, MOST_PRINCIPALS) };
}

/** Whether IAM of the account has a say in the call, whoever makes it; and what that depends on if it is not sure. */
export function delegationOf(
  statements: readonly Statement[],
  account: string,
  call?: EnableCall,
): Pick<PolicySummary, 'delegatesToAccount' | 'delegationDependsOn'> {
  const { access, dependsOn = [] } = accessBy(statements, call ?? { account }, undefined);
  if (LETS_IN.has(access)) return { delegatesToAccount: true };
  return { delegatesToAccount: false, ...(dependsOn.length > 0 && { delegationDependsOn: dependsOn }) };
}

/** The call as far as it is known. */
type Known = Pick<EnableCall, 'account'> & Partial<EnableCall>;

const RANKS = ['allowed', 'delegated', 'conditional', 'refused'] as const;
const LETS_IN: ReadonlySet<RotationAccess['access']> = new Set(['allowed', 'delegated']);

/** @param principal undefined: any of the account that the policy does not name */
function accessBy(
  statements: readonly Statement[],
  call: Known,
  principal: string | undefined,
): RotationAccess {
  const context = contextOf(call, principal);
  const applied = statements
    .map((statement) => applyTo(statement, call, principal, context))
    .filter(({ reach }) => reach !== 'none');
  const of = (effect: string, ...answers: Answer[]) =>
    applied.filter((each) => each.effect === effect && answers.includes(each.answer));
  const who = principal === undefined ? {} : { principal };
  const denying = of('Deny', 'yes');
  if (denying.length > 0) return { access: 'refused', ...who, denied: true };
  const mayDeny = of('Deny', 'maybe');
  const allowing = of('Allow', 'yes');
  if (allowing.length > 0 && mayDeny.length === 0) {
    return { access: allowing.some(({ reach }) => reach === 'direct') ? 'allowed' : 'delegated', ...who };
  }
  const mayAllow = [...allowing, ...of('Allow', 'maybe')];
  if (mayAllow.length > 0) {
    const deciding = [...(allowing.length > 0 ? [] : mayAllow), ...mayDeny];
    const denied = mayDeny.length > 0 ? { denied: true } : {};
    return { access: 'conditional', ...who, ...denied, dependsOn: keysOf(deciding) };
  }
  const failing = of('Allow', 'no');
  return { access: 'refused', ...who, ...(failing.length > 0 && { dependsOn: keysOf(failing) }) };
}

interface Applied {
  readonly effect: string;
  /** `direct`: the principal, or everybody. `account`: IAM of the account has the say. */
  readonly reach: 'direct' | 'account' | 'none';
  readonly answer: Answer;
  /** The condition keys that keep it from being sure. */
  readonly keys: readonly string[];
}

function applyTo(
  statement: Statement,
  call: Known,
  principal: string | undefined,
  context: Context,
): Applied {
  const isAbout = coversAction(statement, ACTION) && coversKey(statement, call.keyArn);
  const reach = isAbout ? reachOf(statement, call.account, principal) : 'none';
  const tests = statement.conditions.map((condition) => [condition.key, holds(condition, context)] as const);
  const answer = tests.some(([, each]) => each === 'no')
    ? 'no'
    : tests.some(([, each]) => each === 'maybe')
      ? 'maybe'
      : 'yes';
  const keys = tests.filter(([, each]) => each === answer).map(([key]) => key);
  return { effect: statement.effect, reach, answer, keys: answer === 'yes' ? [] : keys };
}

const keysOf = (applied: readonly Applied[]): string[] =>
  [...new Set(applied.flatMap(({ keys }) => keys))].sort();

export function coversAction({ actions, notActions }: Statement, action: string): boolean {
  if (actions) return actions.some((pattern) => matches(pattern, action));
  return notActions !== undefined && !notActions.some((pattern) => matches(pattern, action));
}

/** In a key policy `*` is the key itself; a statement on something else says nothing about it. */
function coversKey({ resources, notResources }: Statement, keyArn: string | undefined): boolean {
  if (keyArn === undefined) return true;
  if (notResources) return !notResources.some((pattern) => matches(pattern, keyArn, false));
  return resources?.some((pattern) => matches(pattern, keyArn, false)) ?? true;
}

function reachOf(
  { effect, principals, notPrincipals }: Statement,
  account: string,
  principal: string | undefined,
): Applied['reach'] {
  const isNamed = (names: readonly string[]) =>
    principal !== undefined && names.some((name) => isSamePrincipal(name, principal));
  if (notPrincipals) return isNamed(awsOf(notPrincipals)) ? 'none' : 'direct';
  const names = awsOf(principals);
  if (names.includes('*') || isNamed(names)) return 'direct';
  if (!names.some((name) => isAccount(name, account))) return 'none';
  // A Deny for the account is for everybody in it.
  return effect === 'Deny' ? 'direct' : 'account';
}

export const awsOf = (principals: Entries<readonly string[]> | undefined): string[] =>
  (principals ?? []).flatMap(([kind, names]) => (kind.toLowerCase() === 'aws' ? names : []));

/** The account of a principal; for a principal of no account (`*`, a deleted one's id) the text itself. */
export const accountOf = (principal: string): string =>
  /^arn:[a-z0-9-]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? principal;

export const isAccount = (principal: string, account: string): boolean =>
  principal === account || (accountOf(principal) === account && principal.endsWith(':root'));

/** A role is known by its name, which is unique in an account: a session's ARN does not have its path. */
function isSamePrincipal(name: string, principal: string): boolean {
  if (name === principal) return true;
  const role = ROLE.exec(name)?.[1];
  const own = ROLE.exec(principal)?.[1] ?? SESSION.exec(principal)?.[1];
  return role !== undefined && role === own && accountOf(name) === accountOf(principal);
}

const ROLE = /:role\/(?:.*\/)?([^/]+)$/;
const SESSION = /:assumed-role\/([^/]+)\//;

/** The roles and users of the account that the policy names. */
function namedPrincipals(statements: readonly Statement[], account: string): string[] {
  const named = statements.flatMap(({ principals }) => awsOf(principals));
  return [...new Set(named)]
    .filter((name) => accountOf(name) === account && !isAccount(name, account))
    .sort();
}

/** What the context of the call is known to have: facts of the key, of the call and of who makes it. */
function contextOf(call: Known, principal: string | undefined): Context {
  const { metadata, account, region, RotationPeriodInDays } = call;
  const known = new Map<string, string | null | undefined>([
    ['kms:calleraccount', account],
    ['aws:principalaccount', account],
    ['aws:resourceaccount', account],
    ['aws:requestedregion', region],
    ['aws:securetransport', 'true'],
    ['aws:viaawsservice', 'false'],
    ['aws:principalisawsservice', 'false'],
    ['kms:rotationperiodindays', RotationPeriodInDays?.toString()],
    ...(metadata ? keyContext(metadata) : []),
    ...ABSENT.map((key) => [key, null] as const),
    // The path of a role that was assumed is not known.
    ['aws:principalarn', principal?.includes(':assumed-role/') ? undefined : principal],
  ]);
  return (key) => {
    if (ABSENT_PREFIXES.some((prefix) => key.startsWith(prefix))) return null;
    const value = known.get(key);
    return typeof value === 'string' ? [value] : value;
  };
}

const keyContext = (metadata: KeyMetadata): [string, string | null][] => [
  ['kms:keyspec', metadata.KeySpec],
  ['kms:keyusage', metadata.KeyUsage],
  ['kms:keyorigin', metadata.Origin],
  ['kms:multiregion', String(metadata.MultiRegion ?? false)],
  ['kms:multiregionkeytype', metadata.MultiRegionConfiguration?.MultiRegionKeyType ?? null],
];

/** What a direct call of EnableKeyRotation on a key's ARN never brings. */
const ABSENT = [
  'kms:viaservice',
  'kms:requestalias',
  'kms:grantisforawsresource',
  'kms:granteeprincipal',
  'kms:grantconstrainttype',
  'kms:grantoperations',
  'kms:retiringprincipal',
  'kms:encryptioncontextkeys',
  'kms:bypasspolicylockoutsafetycheck',
  'kms:schedulekeydeletionpendingwindowindays',
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
];
const ABSENT_PREFIXES = ['kms:encryptioncontext:', 'kms:recipientattestation:'];
