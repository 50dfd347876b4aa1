import type { PolicySummary } from '../model/key-facts.ts';
import { accessOf, accountOf, awsOf, coversAction, delegationOf, type EnableCall } from './policy-access.ts';
import { parsePolicy, type Statement } from './policy-document.ts';

/**
 * Sums up a key policy for an approver. Who may use and administer the key is read from Allow statements only: a Deny can
 * take rights away again. What becomes of EnableKeyRotation takes Deny statements and conditions into account
 * (kms-facts §7.1).
 *
 * @param policy the policy document as GetKeyPolicy returns it
 * @param account the account that owns the key
 * @param call the call that is to be made, if it is known
 * @returns undefined if the document is not a key policy that can be read
 */
export function summarizePolicy(
  policy: string,
  account: string,
  call?: EnableCall,
): PolicySummary | undefined {
  const statements = parsePolicy(policy);
  if (!statements) return undefined;
  const grants = statements
    .filter(({ effect }) => effect === 'Allow')
    .map((each) => readGrant(each, account));
  const who = (...actions: string[]) =>
    distinct(grants.filter(({ covers }) => actions.some(covers)).flatMap(({ principals }) => principals));
  return {
    administrators: who('kms:PutKeyPolicy'),
    users: who(...USES),
    ...delegationOf(statements, account, call),
    openTo: openTo(grants, account),
    ...(call && { enableKeyRotation: accessOf(statements, call) }),
  };
}

/** What takes a key to encrypt or decrypt with; ReEncrypt takes both of its halves. */
const USES = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

interface Grant {
  /** Of any kind; a `*` that a condition keeps within the account as the account's id. */
  readonly principals: readonly string[];
  /** Those of AWS accounts, as the policy names them. */
  readonly named: readonly string[];
  readonly conditional: boolean;
  readonly boundToAccount: boolean;
  readonly covers: (action: string) => boolean;
}

function readGrant(from: Statement, account: string): Grant {
  const named = from.notPrincipals ? ['*'] : awsOf(from.principals);
  const others = (from.principals ?? []).flatMap(([kind, names]) =>
    kind.toLowerCase() === 'aws' ? [] : names,
  );
  const boundToAccount = isBoundToAccount(from, account);
  return {
    principals: [...named.map((who) => (who === '*' && boundToAccount ? account : who)), ...others],
    named,
    conditional: from.conditions.length > 0,
    boundToAccount,
    covers: (action) => coversAction(from, action),
  };
}

/** Conditions that keep a `*` principal within the account: the form that AWS's own services write. */
const ACCOUNT_KEYS = new Set(['kms:calleraccount', 'aws:principalaccount', 'aws:sourceaccount']);
const EQUALS = /^(?:foranyvalue:)?string(?:equals(?:ignorecase)?|like)$/i;

const isBoundToAccount = ({ conditions }: Statement, account: string): boolean =>
  conditions.some(
    ({ operator, key, values }) =>
      EQUALS.test(operator) &&
      ACCOUNT_KEYS.has(key.toLowerCase()) &&
      values.length > 0 &&
      values.every((value) => value === account),
  );

function openTo(grants: readonly Grant[], account: string): PolicySummary['openTo'] {
  const open = new Map<string, boolean>();
  for (const grant of grants) {
    if (grant.boundToAccount) continue;
    for (const who of grant.named.filter((each) => accountOf(each) !== account)) {
      open.set(who, (open.get(who) ?? true) && grant.conditional);
    }
  }
  return [...open].map(([principal, conditional]) => ({ principal, conditional })).sort(byPrincipal);
}

const byPrincipal = (a: { principal: string }, b: { principal: string }) =>
  a.principal < b.principal ? -1 : 1;

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
