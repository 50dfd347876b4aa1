import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { NextStep } from '../../model/next-step.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { forTerminal } from '../../report/escape.ts';
import type { Approver, EndReason, SignatureRequest } from '../../web/host.ts';
import type { Serving } from '../../web/serve.ts';
import { totalDecisions } from '../../workflow/approve/approve.ts';
import { checkRecord } from '../../workflow/rollout/check-record.ts';
import { chooseRollout, chooseRolloutToChange } from '../../workflow/rollout/choose-rollout.ts';
import { filterOf } from '../../workflow/rollout/visible-findings.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit.ts';
import { openInBrowser } from '../open-browser.ts';
import { systemClock } from '../session/clock.ts';
import { submitterFrom } from '../session/machine-user.ts';
import { newId } from '../session/new-id.ts';
import { openAws } from '../session/open-aws.ts';
import { openSessionStore, type StoreAccess } from '../session/open-store.ts';
import { type Session, withSession } from '../session/session.ts';
import { Interrupted } from '../session/signals.ts';
import type { ReviewOptions } from '../settings/takes.ts';
import { nextCommand } from '../show/command-line.ts';
import { printJson, printNext } from '../show/print.ts';
import { warnOfUnknownSigners } from '../show/unknown-signers.ts';
import { confirmSignature } from '../signing/confirm-signature.ts';
import { openSigningKey } from '../signing/open-signing-key.ts';
import { readApprovers } from '../signing/trusted-keys.ts';
import { VERSION } from '../version.ts';

/** `keyturn review`: serves one rollout on loopback, to look through and to decide on. */
export async function runReview(options: ReviewOptions): Promise<ExitCode> {
  return withSession(options, accessOf(options), async (session) => {
    const { store } = session;
    requireTerminal(session, options);
    const choose = options.readOnly ? chooseRollout : chooseRolloutToChange;
    const rollout = await choose(store, options.rollout);
    await checkRecord(store, rollout);
    const approvers = await readApprovers(options);
    await warnOfUnknownSigners(session.terminal, store, rollout, approvers);
    const approver = options.readOnly ? undefined : await identifyApprover(session, rollout, options);
    session.signal.throwIfAborted();
    const serving = await serve(session, rollout, options, { approver, approvers });
    const reason = await untilEnded(session, options, rollout, serving);
    await conclude(session, rollout, options, reason);
    const { reason: stopped } = session.signal;
    return stopped instanceof Interrupted ? exitCodeOf(stopped) : EXIT.done;
  });
}

const accessOf = ({ readOnly }: ReviewOptions): StoreAccess => (readOnly ? 'read' : 'find');

/**
 * What a page asks to have signed is confirmed where no script of the page can answer.
 * @throws KeyturnError `input-argument`
 */
function requireTerminal({ terminal }: Session, { signWith, readOnly }: ReviewOptions): void {
  if (signWith === undefined || readOnly || terminal.interactive) return;
  throw new KeyturnError(
    'input-argument',
    'review --sign-with needs a terminal: you confirm there what the page asks to have signed.',
    'Run it in a terminal without --json, or sign with: keyturn approve --sign-with',
  );
}

/** Asked before anything is served: what is decided by nobody cannot be recorded. */
async function identifyApprover(
  { store, terminal, progress, signal }: Session,
  rollout: AssessedRollout,
  options: ReviewOptions,
): Promise<Approver> {
  const key =
    options.signWith === undefined ? undefined : await openSigningKey(options.signWith, terminal, signal);
  const aws = await openAws(options, { rollout, role: 'assess', notify: progress.notify });
  const confirm = (request: SignatureRequest, gone: AbortSignal) =>
    confirmSignature({ terminal, store, rollout }, request, gone);
  return { submittedBy: submitterFrom(await aws.identify()), ...(key && { signing: { key, confirm } }) };
}

async function serve(
  { store, terminal }: Session,
  rollout: AssessedRollout,
  options: ReviewOptions,
  {
    approver,
    approvers,
  }: { readonly approver: Approver | undefined; readonly approvers: readonly TrustedKey[] },
): Promise<Serving> {
  const { serveReview } = await import('../../web/serve.ts');
  const { readPage } = await import('../../files/read-page.ts');
  const isShown = await filterOf(rollout);
  const host = {
    store,
    openAgain: () => openSessionStore(options.store, 'read'),
    rollout,
    review: await store.openReview(rollout.id, rollout.scope.filter === undefined ? undefined : isShown),
    isShown,
    clock: systemClock,
    version: VERSION,
    ...(approver && { approver }),
    approvers,
    // Beside the bundle that this becomes part of.
    assets: readPage(fileURLToPath(new URL('./ui/', import.meta.url))),
    commandFor: (next: NextStep) => nextCommand(options, { rollout: rollout.id, next }),
    newName: () => randomBytes(10).toString('hex'),
    newSecret: () => randomBytes(32).toString('base64url'),
    newApprovalId: () => newId(new Date()),
    report: (thrown: unknown) =>
      terminal.err(`error: ${forTerminal(thrown instanceof Error ? String(thrown) : 'unknown')}\n`),
  };
  return serveReview(host, options.port, options.idle);
}

async function untilEnded(
  { terminal, signal }: Session,
  options: ReviewOptions,
  { id }: AssessedRollout,
  { url, ended, end }: Serving,
): Promise<EndReason> {
  const { readOnly, open } = options;
  if (terminal.json) await printJson(terminal, { url, rollout: id, readOnly });
  else {
    const what = readOnly ? 'to look at' : 'to look through and to decide on';
    await terminal.out(`Rollout ${id} is ${what} in one browser; the link works once:\n\n${url}\n\n`);
    terminal.err('Ctrl-C ends it; nothing is lost.\n');
  }
  const { removeLeftLinks, writeLinkFile } = await import('../../files/link-file.ts');
  removeLeftLinks();
  const link = open && terminal.interactive ? writeLinkFile(url) : undefined;
  if (link) openInBrowser(link.path);
  const stop = () => end('interrupted');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await ended;
  } finally {
    link?.remove();
  }
}

const ENDED: Readonly<Record<EndReason, string>> = {
  done: 'The page was ended.',
  idle: 'Nobody has used the page for a while; it was ended.',
  interrupted: 'Ended.',
};

async function conclude(
  { store, terminal }: Session,
  rollout: AssessedRollout,
  options: ReviewOptions,
  reason: EndReason,
): Promise<void> {
  if (terminal.json) return;
  const { approved, declined, deferred, undecided } = await totalDecisions(store, rollout.id);
  await terminal.out(
    `${ENDED[reason]} ${terminal.bold(`${approved} approved`)}, ${declined} declined, ${deferred} deferred, ${undecided} undecided (not approved).\n`,
  );
  if (!options.readOnly) await printNext({ terminal, store }, options, rollout);
}
