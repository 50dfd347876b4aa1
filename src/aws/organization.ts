import * as z from 'zod';
import type { Answer, OrganizationAccount } from '../workflow/ports.ts';
import type { AccountAccess } from './accounts.ts';
import { arn, name, token, word } from './answer-text.ts';
import { type Call, type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import { Pace } from './pace.ts';
import { eachPage } from './pages.ts';

/** Calls per second: the steady rates of ListAccounts and ListAccountsForParent are 8 and 5 (kms-facts §2). */
const STEADY_RATE = 4;
const MOST_A_PAGE = 20;

/** An organization has some ten thousand accounts at the most, and 2,000 units. */
const MAX_ACCOUNTS = 100_000;
const MAX_UNITS = 10_000;

const page = { NextToken: token.optional() };
const account = z
  .object({
    Id: z.string().regex(/^\d{12}$/),
    Arn: arn,
    Name: name,
    State: word.optional(),
    Status: word.optional(),
  })
  .refine(({ Id, Arn }) => Arn.endsWith(`/${Id}`), { path: ['Arn'], message: 'is of another account' })
  // AWS replaces Status by State during 2026; either may be there (kms-facts §2).
  .transform(({ Id, Name, State, Status }, context) => {
    const state = State ?? Status;
    if (state !== undefined) return { id: Id, name: Name, state };
    context.addIssue({ code: 'custom', path: ['State'], message: 'missing' });
    return z.NEVER;
  });
const accountsPage = z.object({ ...page, Accounts: z.array(account) });
const unitsPage = z.object({
  ...page,
  OrganizationalUnits: z.array(z.object({ Id: word.min(1), Arn: arn, Name: name })),
});

const parseAccounts = parseOutputWith(accountsPage);
const parseUnits = parseOutputWith(unitsPage);

/**
 * The accounts of the caller's organization, or those under some organizational units, without those under excluded
 * units; nested units are included. In the order of their ids, each once, whatever their state. A page may be empty while
 * more follow.
 */
export async function listAccounts(
  { access, region, credentials }: AccountAccess,
  context: CallContext,
  units: readonly string[],
  excludedUnits: readonly string[] = [],
): Promise<Answer<readonly OrganizationAccount[]>> {
  const sdk = await import('./organizations-client.ts');
  const client = new sdk.OrganizationsClient({ ...access.client('Organizations'), region, credentials });
  const pace = new Pace(context.clock, STEADY_RATE);
  const make = <T>(operation: string, send: Call<T>['send'], parse: Call<T>['parse']) =>
    call({ ...context, operation, pace, patience: READ_PATIENCE, send, parse });
  type Found = Map<string, OrganizationAccount>;

  const collect = (found: Found, ParentId?: string): Promise<Answer<void>> =>
    eachPage({
      operation: ParentId === undefined ? 'ListAccounts' : 'ListAccountsForParent',
      most: MAX_ACCOUNTS,
      aPage: MOST_A_PAGE,
      fetch: (NextToken) => {
        const input = { MaxResults: MOST_A_PAGE, NextToken };
        return ParentId === undefined
          ? make('ListAccounts', () => client.send(new sdk.ListAccountsCommand(input)), parseAccounts)
          : make(
              'ListAccountsForParent',
              () => client.send(new sdk.ListAccountsForParentCommand({ ...input, ParentId })),
              parseAccounts,
            );
      },
      next: ({ NextToken }) => NextToken,
      take: ({ Accounts }) => {
        for (const each of Accounts) found.set(each.id, each);
        return Accounts.length;
      },
    });

  const unitsUnder = async (ParentId: string): Promise<Answer<string[]>> => {
    const below: string[] = [];
    const ended = await eachPage({
      operation: 'ListOrganizationalUnitsForParent',
      most: MAX_UNITS,
      aPage: MOST_A_PAGE,
      fetch: (NextToken) => {
        const input = { ParentId, MaxResults: MOST_A_PAGE, NextToken };
        return make(
          'ListOrganizationalUnitsForParent',
          () => client.send(new sdk.ListOrganizationalUnitsForParentCommand(input)),
          parseUnits,
        );
      },
      next: ({ NextToken }) => NextToken,
      take: ({ OrganizationalUnits }) => {
        below.push(...OrganizationalUnits.map(({ Id }) => Id));
        return OrganizationalUnits.length;
      },
    });
    return ended.ok ? { ...ended, value: below } : ended;
  };

  /** Each unit once, also where the tree that is told is none. */
  async function collectUnder(found: Found, tops: readonly string[]): Promise<Answer<void>> {
    const units = new Set(tops);
    let last: Answer<void> = { ok: true, value: undefined, at: context.clock.now().toISOString() };
    for (const unit of units) {
      last = await collect(found, unit);
      if (!last.ok) return last;
      const below = await unitsUnder(unit);
      if (!below.ok) return below;
      for (const each of below.value) units.add(each);
      if (units.size > MAX_UNITS + tops.length) return tooManyUnits(below.at);
    }
    return last;
  }

  const wanted: Found = new Map();
  const unwanted: Found = new Map();
  const ended = units.length === 0 ? await collect(wanted) : await collectUnder(wanted, units);
  if (!ended.ok) return ended;
  if (units.length === 0 && wanted.size === 0) return noAccounts(ended.at);
  const excluded = await collectUnder(unwanted, excludedUnits);
  if (!excluded.ok) return excluded;
  const accounts = [...wanted.values()]
    .filter(({ id }) => !unwanted.has(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ok: true, value: accounts, at: context.clock.now().toISOString() };
}

function tooManyUnits(at: string): Answer<never> {
  const failure = {
    operation: 'ListOrganizationalUnitsForParent',
    kind: 'malformed-answer',
    code: 'BrokenPagination',
    message: `there are more than ${MAX_UNITS} units`,
  } as const;
  return { ok: false, failure, at, certain: true };
}

/** Every organization has its management account, so a listing without any account is not AWS's. */
function noAccounts(at: string): Answer<never> {
  const message = 'the answer names no account, and every organization has one';
  const failure = {
    operation: 'ListAccounts',
    kind: 'malformed-answer',
    code: 'NoAccounts',
    message,
  } as const;
  return { ok: false, failure, at, certain: true };
}
