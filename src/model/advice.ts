import { adviseDenial, type Whereabouts } from './denial.ts';
import type { Failure } from './failure.ts';
import { EVERY_REGION } from './plan.ts';

/** What a person can do about a failed call, so that it works the next time; undefined if only trying again helps. */
export function adviseFailure(failure: Failure, where: Whereabouts): string | undefined {
  const { account, region } = where;
  switch (failure.kind) {
    case 'access-denied':
      return adviseDenial(failure, where);
    case 'credentials':
      return 'Renew the credentials, then run the command again.';
    case 'region-unavailable':
      return region === undefined || region === EVERY_REGION
        ? `Enable the Region in which AWS is asked for account ${account}, or set another one with AWS_REGION.`
        : `Enable the Region ${region} for account ${account}, or leave it out with --exclude-region ${region} in a new assessment.`;
    case 'network':
      return TOO_MANY_FILES.test(failure.code) ? RAISE_LIMIT : undefined;
    default:
      return undefined;
  }
}

/** Codes of a process or a machine that has no file descriptor left for a connection. */
export const TOO_MANY_FILES = /^(EMFILE|ENFILE)$/;
export const RAISE_LIMIT = 'Raise the limit of open files with ulimit -n, then run the command again.';
