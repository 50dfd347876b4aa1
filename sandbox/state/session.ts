import { randomBytes } from 'node:crypto';
import { partitionOf } from './cloud.ts';

/** The session of an assumed role. */
export interface Session {
  readonly account: string;
  /** The role without its path. */
  readonly role: string;
  readonly name: string;
  readonly expiresAt: number;
  readonly sourceIdentity?: string | undefined;
}

export const arnOfSession = ({ account, role, name }: Session, region: string) =>
  `arn:${partitionOf(region)}:sts::${account}:assumed-role/${role}/${name}`;

export interface Issued {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Sessions live in their tokens, so issuing a million of them costs nothing; reading one is remembered. */
export interface Sessions {
  issue(session: Session): Issued;
  /** The session of a token, or `undefined` unless both were issued together. */
  of(accessKeyId: string, token: string): Session | undefined;
}

const REMEMBERED = 20_000;

interface Read {
  readonly accessKeyId: string;
  readonly session: Session;
}

export function createSessions(): Sessions {
  const read = new Map<string, Read | undefined>();
  const known = (token: string) => {
    if (!read.has(token)) {
      if (read.size >= REMEMBERED) read.clear();
      read.set(token, parsed(token));
    }
    return read.get(token);
  };
  return {
    issue(session) {
      const accessKeyId = accessKeyOf('ASIA', session.account);
      const content: Read = { accessKeyId, session };
      return {
        accessKeyId,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: Buffer.from(JSON.stringify(content)).toString('base64'),
      };
    },
    of(accessKeyId, token) {
      const found = known(token);
      return found?.accessKeyId === accessKeyId ? found.session : undefined;
    },
  };
}

/** A token comes from a caller and may be anything; of what this sandbox issued only the shape is certain. */
function parsed(token: string): Read | undefined {
  try {
    const content = JSON.parse(Buffer.from(token, 'base64').toString());
    return typeof content?.accessKeyId === 'string' && typeof content?.session?.account === 'string'
      ? (content as Read)
      : undefined;
  } catch {
    return undefined;
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** AWS's own form: the account's number in 40 bits behind one bit, then what tells the key from others. */
function accessKeyOf(prefix: string, account: string): string {
  let value = (BigInt(account) << 39n) | (BigInt(`0x${randomBytes(5).toString('hex')}`) >> 1n);
  let text = '';
  for (let place = 0; place < 16; place++) {
    text = BASE32.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return prefix + text;
}

const LONG_TERM = /^AKIA(\d{12})/;

/** The account that an access key id names: `AKIA` and its 12 digits for a user, AWS's coding for a session. */
export function accountNamed(accessKeyId: string): string | undefined {
  const [, digits] = LONG_TERM.exec(accessKeyId) ?? [];
  if (digits !== undefined || !/^ASIA[A-Z2-7]{16}$/.test(accessKeyId)) return digits;
  const value = [...accessKeyId.slice(4)].reduce(
    (sum, letter) => (sum << 5n) | BigInt(BASE32.indexOf(letter)),
    0n,
  );
  return String(value >> 39n).padStart(12, '0');
}
