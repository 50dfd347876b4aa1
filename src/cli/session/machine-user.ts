import { hostname, userInfo } from 'node:os';
import type { MachineUser, Submitter } from '../../model/approval.ts';
import type { Caller } from '../../workflow/ports.ts';

export function submitterFrom({ callerArn, account, userId }: Caller): Submitter {
  return { callerArn, account, userId, ...userOfThisMachine() };
}

export function userOfThisMachine(): MachineUser {
  return { osUser: operatingSystemUser(), host: hostname() };
}

/** Who holds a lock: for another process's message, not for deciding whether this one lives. */
export const holderName = (command: string): string =>
  `${command}, process ${process.pid} of ${operatingSystemUser()} on ${hostname()}`;

function operatingSystemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password database, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
