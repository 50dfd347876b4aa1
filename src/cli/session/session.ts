import { shellWord } from '../../messages/shell-word.ts';
import { forTerminal } from '../../report/escape.ts';
import type { Store } from '../../workflow/ports.ts';
import { type Progress, showProgress } from '../progress.ts';
import type { CommonOptions } from '../settings/takes.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { openSessionStore, type StoreAccess } from './open-store.ts';
import { Interrupted, onFirstSignal } from './signals.ts';

/** What a command works with. */
export interface Session {
  readonly store: Store;
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP, with the error to end with. */
  readonly signal: AbortSignal;
}

/** Who is asked, until the signal ends it. */
export type Asked = Pick<Session, 'store' | 'terminal'> & { readonly signal?: AbortSignal };

/** Opens what a command needs, runs it, and closes the store whatever happens. */
export async function withSession<T>(
  options: CommonOptions,
  store: StoreAccess,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const terminal = openTerminal(options);
  const opened = await openSessionStore(options.store, store);
  const { isStorePublic } = await import('../../files/permissions.ts');
  // A backup that is only read may be meant for others, and its modes are not the reader's to change.
  if (store !== 'read' && isStorePublic(options.store))
    terminal.err(
      `warning: every user of this machine can read the store ${forTerminal(options.store)}. Run: chmod -R go-rwx ${shellWord(options.store)}\n`,
    );
  const progress = showProgress(terminal);
  const stop = new AbortController();
  const leave = onFirstSignal((signal) => {
    progress.end();
    terminal.err('Stopping after the operations in progress finish. Press Ctrl-C again to stop now.\n');
    stop.abort(new Interrupted(signal));
  });
  try {
    return await work({ store: opened, terminal, progress, signal: stop.signal });
  } finally {
    leave();
    progress.end();
    progress.conclude();
    await opened.close();
  }
}
