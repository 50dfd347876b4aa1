import * as z from 'zod';
import type { PolicySummary } from '../model/key-facts.ts';
import { text } from '../model/text.ts';

const oneOrMany = z.union([text.transform((one) => [one]), z.array(text)]);
const principals = z.union([
  z.literal('*').transform(() => ({ AWS: ['*'] })),
  z.record(z.string(), oneOrMany),
]);
const statement = z.object({
  Effect: text,
  Principal: principals.optional(),
  NotPrincipal: z.unknown().optional(),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMany)).optional(),
});
const document = z.object({
  Statement: z.union([z.array(statement), statement.transform((one) => [one])]),
});
type Statement = z.infer<typeof statement>;

/**
 * Sums up a key policy for an approver. Allow statements only: a Deny can take rights away again, so this says who
 * *may at most*, and is a hint, not an evaluation of IAM (kms-facts §7.1).
 *
 * @param policy the policy document as GetKeyPolicy returns it
 * @param account the account that owns the key
 * @returns undefined where the document is not a key policy that can be read
 */
export function summarizePolicy(policy: string, account: string): PolicySummary | undefined {
  const parsed = document.safeParse(parseJson(policy));
  if (!parsed.success) return undefined;
  const allows = parsed.data.Statement.filter(({ Effect }) => Effect === 'Allow').map((each) =>
    readGrant(each, account),
  );
  return {
    administrators: distinct(
      allows.filter((grant) => grant.covers('kms:PutKeyPolicy')).flatMap(({ principals }) => principals),
    ),
    users: distinct(
      allows
        .filter((grant) => USES.some((action) => grant.covers(action)))
        .flatMap(({ principals, boundToAccount }) =>
          principals.map((who) => (who === '*' && boundToAccount ? account : who)),
        ),
    ),
    delegatesToAccount: allows.some(
      (grant) =>
        grant.covers('kms:EnableKeyRotation') && grant.principals.some((who) => isAccount(who, account)),
    ),
    openTo: openTo(allows, account),
  };
}

/** What takes a key to encrypt or decrypt with; ReEncrypt takes both of its halves. */
const USES = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

interface Grant {
  readonly principals: readonly string[];
  readonly conditional: boolean;
  readonly boundToAccount: boolean;
  covers(action: string): boolean;
}

function readGrant(from: Statement, account: string): Grant {
  const named = from.NotPrincipal === undefined ? (from.Principal?.['AWS'] ?? []) : ['*'];
  return {
    principals: named,
    conditional: from.Condition !== undefined,
    boundToAccount: isBoundToAccount(from.Condition, account),
    covers: (action) =>
      from.Action
        ? from.Action.some((pattern) => matches(pattern, action))
        : !(from.NotAction ?? ['*']).some((pattern) => matches(pattern, action)),
  };
}

/** Conditions that keep a `*` principal within the account: the form that AWS's own services write. */
const ACCOUNT_KEYS = new Set(['kms:calleraccount', 'aws:principalaccount', 'aws:sourceaccount']);

function isBoundToAccount(condition: Statement['Condition'], account: string): boolean {
  return Object.entries(condition ?? {}).some(
    ([operator, keys]) =>
      operator.startsWith('StringEquals') &&
      Object.entries(keys).some(
        ([key, values]) => ACCOUNT_KEYS.has(key.toLowerCase()) && values.every((value) => value === account),
      ),
  );
}

function openTo(grants: readonly Grant[], account: string): PolicySummary['openTo'] {
  const open = new Map<string, boolean>();
  for (const grant of grants) {
    if (grant.boundToAccount) continue;
    for (const who of grant.principals.filter((each) => accountOf(each) !== account)) {
      open.set(who, (open.get(who) ?? true) && grant.conditional);
    }
  }
  return [...open].map(([principal, conditional]) => ({ principal, conditional })).sort(byPrincipal);
}

const byPrincipal = (a: { principal: string }, b: { principal: string }) =>
  a.principal < b.principal ? -1 : 1;

/** The account of a principal; for a principal of no account (`*`, a deleted one's id) the text itself. */
function accountOf(principal: string): string {
  return /^arn:[a-z0-9-]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? principal;
}

function isAccount(principal: string, account: string): boolean {
  return principal === account || (accountOf(principal) === account && principal.endsWith(':root'));
}

/** IAM's wildcards in actions: `*` any run, `?` any one character; actions are case-insensitive. */
function matches(pattern: string, action: string): boolean {
  // Most patterns differ before their first wildcard, and making a RegExp of each key's each pattern takes its time.
  const literal = pattern.slice(0, pattern.search(/[*?]|$/)).toLowerCase();
  if (!action.toLowerCase().startsWith(literal)) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
