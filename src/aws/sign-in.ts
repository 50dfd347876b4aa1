import { STSClient } from '@aws-sdk/client-sts';
import { KeyturnError } from '../messages/error.ts';
import type { Failure } from '../model/failure.ts';
import type { Answer, Caller } from '../workflow/ports.ts';
import type { Access } from './access.ts';
import type { AccountAccess } from './accounts.ts';
import type { CallContext } from './call.ts';
import { askIdentity } from './identity.ts';
import { once } from './once.ts';
import { type RegionsToAsk, regionsToAsk } from './region-settings.ts';

/** A way into AWS whose caller AWS named; its Region is where STS answered. */
export interface SignedIn extends AccountAccess {
  readonly caller: Caller;
}

/** One way into AWS, signed in to when its caller is first asked for. */
export interface Session {
  access(): Promise<Access>;
  signIn(): Promise<Answer<SignedIn>>;
  /** Its own credentials, by the Region where STS answered, or would be asked first. */
  own(): Promise<AccountAccess>;
}

export function openSession(
  open: () => Promise<Access>,
  scope: readonly string[],
  context: CallContext,
): Session {
  const access = once(open);
  let signed: Promise<Answer<SignedIn>> | undefined;
  return {
    access,
    signIn: () => {
      signed ??= access().then((opened) => signIn(opened, scope, context));
      return signed;
    },
    own: async () => {
      const answer = await signed;
      if (answer?.ok) return answer.value;
      const opened = await access();
      const [region = ''] = (await regionsOf(opened, scope)).named;
      return { access: opened, region, credentials: opened.credentials(region) };
    },
  };
}

const regionsOf = async (access: Access, scope: readonly string[]): Promise<RegionsToAsk> =>
  regionsToAsk(scope, scope.length > 0 ? access.region : await findRegion(access));

/** A Region that is not enabled refuses good credentials with one of these (kms-facts §13.2, §13.3). */
const OF_THE_REGION = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'AuthFailure',
  'OptInRequired',
  'RegionDisabledException',
]);

/**
 * Asks AWS whose credentials these are, in one Region after the other until one answers.
 * @param scope the Regions that a person named
 * @returns the first failure if none answers, with the Regions that were asked
 * @throws KeyturnError `aws-region` if no Region is configured or named; `refused-clock`
 */
export async function signIn(
  access: Access,
  scope: readonly string[],
  context: CallContext,
): Promise<Answer<SignedIn>> {
  const { named, last } = await regionsOf(access, scope);
  let first: (Answer<never> & { ok: false }) | undefined;
  const asked: string[] = [];
  let unreached = 0;
  for (const region of [...named, last]) {
    if (asked.includes(region) || (region === last && !named.includes(last) && unreached > 0)) continue;
    asked.push(region);
    const credentials = access.credentials(region);
    const sts = new STSClient({ ...access.client('STS'), region, credentials });
    const answer = await askIdentity(sts, context);
    if (answer.ok) return { ...answer, value: { access, caller: answer.value, region, credentials } };
    first ??= answer;
    if (isNetwork(answer.failure)) unreached += 1;
    if (unreached > 1 || !(isNetwork(answer.failure) || OF_THE_REGION.has(answer.failure.code))) break;
  }
  if (!first) throw noRegion();
  return { ...first, failure: { ...first.failure, message: withRegions(first.failure.message, asked) } };
}

const isNetwork = ({ kind }: Failure): boolean => kind === 'network';

const withRegions = (message: string, asked: readonly string[]): string =>
  `${message}${message && '; '}asked STS in ${asked.join(', ')}`;

/**
 * The configured Region, or the one of the machine in EC2.
 * @throws KeyturnError `aws-region` if there is neither
 */
export async function findRegion({ region, client }: Access): Promise<string> {
  if (region !== undefined) return region;
  try {
    return await new STSClient(client('STS')).config.region();
  } catch (cause) {
    throw noRegion(cause);
  }
}

const noRegion = (cause?: unknown): KeyturnError =>
  new KeyturnError(
    'aws-region',
    'No AWS Region is configured.',
    'Set AWS_REGION, or name Regions with --region instead of --all-regions.',
    { cause },
  );
