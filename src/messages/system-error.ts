import { type ErrorCode, KeyturnError } from './error.ts';

/** What the operating system said, in words. `fix` holds whatever was tried, so it takes the place of the caller's. */
interface Said {
  readonly what: string;
  readonly fix?: string;
}

const FREE_SPACE = 'Free some space, then run the command again.';
const CHECK_DISK = 'Check the disk, then run the command again.';

const BY_ERRNO: Readonly<Record<string, Said>> = {
  ENOENT: { what: 'it does not exist' },
  EACCES: { what: 'permission denied' },
  EPERM: { what: 'the operation is not permitted' },
  EROFS: { what: 'the file system is read-only' },
  ENOTDIR: { what: 'a part of the path is a file, not a directory' },
  EISDIR: { what: 'it is a directory, not a file' },
  EEXIST: { what: 'it exists already' },
  ENOTEMPTY: { what: 'the directory is not empty' },
  ELOOP: { what: 'its symbolic links form a loop' },
  ENAMETOOLONG: { what: 'the name is too long' },
  EBUSY: { what: 'it is in use' },
  EXDEV: { what: 'it is on another file system' },
  EFBIG: { what: 'the file is larger than the file system or the limit allows' },
  ENOSPC: { what: 'the disk is full', fix: FREE_SPACE },
  EDQUOT: { what: 'the disk quota is used up', fix: FREE_SPACE },
  EIO: { what: 'reading or writing the disk failed', fix: CHECK_DISK },
  ENODEV: { what: 'the device is gone', fix: CHECK_DISK },
  ENXIO: { what: 'the device is gone', fix: CHECK_DISK },
  ESTALE: { what: 'the network file system lost the file', fix: CHECK_DISK },
  EMFILE: {
    what: 'too many open files in this process',
    fix: 'Raise the limit with ulimit -n, then run the command again.',
  },
  ENFILE: {
    what: 'too many open files on this machine',
    fix: 'Close other programs or raise the limit of the system, then run the command again.',
  },
};

/** Whether the process or the machine has no file descriptor left. */
export const isTooManyFiles = (cause: unknown): boolean => /^(EMFILE|ENFILE)$/.test(errnoOf(cause) ?? '');

/** What a system error says, in words; undefined for anything else. */
export function describeSystemError(cause: unknown): Said | undefined {
  const errno = errnoOf(cause);
  return errno !== undefined && Object.hasOwn(BY_ERRNO, errno) ? BY_ERRNO[errno] : undefined;
}

/**
 * An error about a file or a socket: what failed, what the system said, and what fixes it. Too many open files are
 * `system-open-files`, whatever failed.
 * @param failed what did not work, without a full stop
 * @param fix for what the table has no better one
 */
export function systemError(code: ErrorCode, failed: string, fix: string, cause: unknown): KeyturnError {
  const known = describeSystemError(cause);
  const said = known?.what ?? (cause instanceof Error ? cause.message : String(cause));
  const own = isTooManyFiles(cause) ? 'system-open-files' : code;
  return new KeyturnError(own, `${failed}: ${said}.`, known?.fix ?? fix, { cause });
}

function errnoOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  // Node says so when it cannot load a module, under a code of its own.
  if (cause.message.endsWith('too many open files')) return 'EMFILE';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
