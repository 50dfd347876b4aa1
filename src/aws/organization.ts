import type { AwsCredentialIdentityProvider } from '@smithy/types';
import * as z from 'zod';
import { text } from '../model/text.ts';
import type { Answer, OrganizationAccount } from '../workflow/ports.ts';
import { type Call, type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import type { ClientSettings } from './client-settings.ts';
import { Pace } from './pace.ts';

/** Calls per second: the steady rates of ListAccounts and ListAccountsForParent are 8 and 5 (kms-facts §2). */
const STEADY_RATE = 4;
const MOST_A_PAGE = 20;

const token = { NextToken: z.string().optional() };
const accountsPage = z.object({
  ...token,
  // AWS replaces Status by State during 2026; either may be there (kms-facts §2).
  Accounts: z
    .array(
      z.object({
        Id: z.string().regex(/^\d{12}$/),
        Name: text.optional(),
        State: z.string().optional(),
        Status: z.string().optional(),
      }),
    )
    .default([]),
});
const unitsPage = z.object({
  ...token,
  OrganizationalUnits: z.array(z.object({ Id: z.string() })).default([]),
});

/**
 * The accounts of the caller's organization, or those under some organizational units, nested ones included; in the
 * order of their ids, each once, whatever their state. A page may be empty while more follow.
 */
export async function listAccounts(
  settings: ClientSettings,
  credentials: AwsCredentialIdentityProvider,
  context: CallContext,
  units: readonly string[],
): Promise<Answer<readonly OrganizationAccount[]>> {
  const sdk = await import('@aws-sdk/client-organizations');
  const client = new sdk.OrganizationsClient({ ...settings, credentials });
  const pace = new Pace(context.clock, STEADY_RATE);
  const make = <T>(operation: string, send: Call<T>['send'], parse: Call<T>['parse']) =>
    call({ ...context, operation, pace, patience: READ_PATIENCE, send, parse });
  const found = new Map<string, OrganizationAccount>();

  async function collect(ParentId?: string): Promise<Answer<void>> {
    let NextToken: string | undefined;
    for (;;) {
      const input = { MaxResults: MOST_A_PAGE, NextToken };
      const answer = await make(
        ParentId === undefined ? 'ListAccounts' : 'ListAccountsForParent',
        () =>
          ParentId === undefined
            ? client.send(new sdk.ListAccountsCommand(input))
            : client.send(new sdk.ListAccountsForParentCommand({ ...input, ParentId })),
        parseOutputWith(accountsPage),
      );
      if (!answer.ok) return answer;
      for (const { Id, Name, State, Status } of answer.value.Accounts) {
        found.set(Id, { id: Id, name: Name ?? '', state: State ?? Status ?? 'ACTIVE' });
      }
      NextToken = answer.value.NextToken;
      if (NextToken === undefined) return { ...answer, value: undefined };
    }
  }

  async function collectUnder(ParentId: string): Promise<Answer<void>> {
    const own = await collect(ParentId);
    let NextToken: string | undefined;
    for (let answer = own; ; ) {
      if (!answer.ok) return answer;
      const page = await make(
        'ListOrganizationalUnitsForParent',
        () =>
          client.send(
            new sdk.ListOrganizationalUnitsForParentCommand({ ParentId, MaxResults: MOST_A_PAGE, NextToken }),
          ),
        parseOutputWith(unitsPage),
      );
      if (!page.ok) return page;
      for (const { Id } of page.value.OrganizationalUnits) {
        answer = await collectUnder(Id);
        if (!answer.ok) return answer;
      }
      NextToken = page.value.NextToken;
      if (NextToken === undefined) return { ...page, value: undefined };
    }
  }

  for (const unit of units.length === 0 ? [undefined] : units) {
    const answer = unit === undefined ? await collect() : await collectUnder(unit);
    if (!answer.ok) return answer;
  }
  const accounts = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ok: true, value: accounts, at: context.clock.now().toISOString() };
}
