import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Answer } from '../workflow/ports.ts';
import type { Access } from './access.ts';

/** How one account is reached: the settings that its calls follow, and the credentials that sign them. */
export interface AccountAccess {
  readonly access: Access;
  /** For services that are asked in no Region in particular. */
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

export interface Accounts {
  /** How an account is reached. Assumes no role yet. */
  find(account: string): Promise<Answer<AccountAccess>>;
  /** Obtains credentials once, to know whether the account can be reached at all. */
  reach(account: string): Promise<Answer<void>>;
}
