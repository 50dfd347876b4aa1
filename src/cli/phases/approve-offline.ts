import { type TrustedKey, trustedAs } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Approval } from '../../model/approval.ts';
import { approverOf } from '../../model/in-force.ts';
import { counted } from '../../report/document/phrases.ts';
import { forTerminal } from '../../report/escape.ts';
import { decideApproval } from '../../workflow/approve/approve.ts';
import { approvalFile, importApproval, parseApprovalFile } from '../../workflow/approve/import-approval.ts';
import { loadPlan } from '../../workflow/approve/plan-file.ts';
import type { Store } from '../../workflow/ports.ts';
import { chooseRolloutToChange, isAssessed } from '../../workflow/rollout/choose-rollout.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { systemClock } from '../session/clock.ts';
import { submitterFrom, userOfThisMachine } from '../session/machine-user.ts';
import { newId } from '../session/new-id.ts';
import { openAws } from '../session/open-aws.ts';
import { withSession } from '../session/session.ts';
import type { ApproveOptions } from '../settings/takes.ts';
import { printJson } from '../show/print.ts';
import { sayRecorded } from '../show/recorded.ts';
import { openSigningKey } from '../signing/open-signing-key.ts';
import { readApprovers, readTrustedKeys } from '../signing/trusted-keys.ts';
import { openTerminal } from '../terminal.ts';
import { showAndChoose } from './choose-keys.ts';

/** Bytes: some 300,000 keys. */
const LARGEST_PLAN = 1024 * 1024 * 1024;
/** Bytes: some 300,000 decisions. */
const LARGEST_APPROVAL = 128 * 1024 * 1024;

/** `keyturn approve --plan FILE --out FILE`: decides on an exported plan, with neither the store nor access to AWS. */
export async function runApprovePlan(options: ApproveOptions, plan: string, out: string): Promise<ExitCode> {
  const terminal = openTerminal(options);
  const { requireNewFile, writeNewFile } = await import('../../files/write-text.ts');
  requireNewFile(out);
  return withTemporaryStore(async (store) => {
    const { readPieces } = await import('../../files/read-text.ts');
    const rollout = await loadPlan(store, readPieces(plan, LARGEST_PLAN), systemClock.now());
    const key = options.signWith === undefined ? undefined : await openSigningKey(options.signWith, terminal);
    if (!key) terminal.err(UNSIGNED);
    const host = { store, clock: systemClock, newApprovalId: () => newId(new Date()) };
    const approval = await decideApproval(host, rollout, {
      ...(await showAndChoose({ store, terminal }, rollout, options)),
      submittedBy: userOfThisMachine(),
      ...(options.expires !== undefined && { lifeMs: options.expires }),
      ...(key && { key }),
      ...(options.reason !== undefined && { reason: options.reason.toWellFormed() }),
    });
    await writeNewFile(out, [approvalFile(approval)]);
    const { expiresAt, planDigest, decisions } = approval;
    const approver = approverOf(approval);
    if (terminal.json) {
      const document = { rollout: rollout.id, planDigest, approval: approval.id, approver, expiresAt };
      await printJson(terminal, { ...document, decisions: decisions.length, file: out });
    } else {
      await terminal.out(
        `${counted(decisions.length, 'decision')} by ${forTerminal(approver)} written to ${forTerminal(out)}, valid until ${expiresAt}.\n` +
          '\nSend it to the operator, who runs: keyturn approve --import FILE --trust KEYS\n',
      );
    }
    return EXIT.done;
  });
}

const UNSIGNED =
  'warning: without --sign-with the approval names a submitter only, as this machine says; anybody can write such a file.\n';

async function withTemporaryStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const { openTemporaryStore } = await import('../../store/open.ts');
  const store = await openTemporaryStore();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** `keyturn approve --import FILE`: records an approval that was made on an exported plan. */
export async function runApproveImport(options: ApproveOptions, path: string): Promise<ExitCode> {
  return withSession(options, 'find', async (session) => {
    const { store, terminal, progress, signal } = session;
    const { readTextFile } = await import('../../files/read-text.ts');
    const approval = parseApprovalFile(await readTextFile(path, LARGEST_APPROVAL));
    const trust = await readTrustedKeys({ trustApprover: options.trust ?? [] });
    const known = [...trust, ...(await readApprovers(options))];
    // It names its rollout itself; one that is named beside has to be the same.
    const own = options.rollout === undefined ? await store.findRollout(approval.rollout) : undefined;
    const rollout = own && isAssessed(own) ? own : await chooseRolloutToChange(store, options.rollout);
    const signer = describeSigner(approval, known);
    const aws = await openAws(options, { rollout, role: 'assess', notify: progress.notify });
    const by = submitterFrom(await aws.identify());
    signal.throwIfAborted();
    const recorded = await importApproval({ store, clock: systemClock }, rollout, approval, { by, trust });
    if (!signer.trusted) terminal.err(`${signer.warning}\n`);
    return sayRecorded(session, options, rollout, recorded, { signer });
  });
}

/** Who signed an approval that is imported, as far as the trusted keys say. */
type Signer =
  | { readonly trusted: true; readonly keyid: string; readonly files: readonly string[] }
  | { readonly trusted: false; readonly keyid: string | null; readonly warning: string };

function describeSigner({ signature }: Approval, trust: readonly TrustedKey[]): Signer {
  if (!signature) return { trusted: false, keyid: null, warning: UNSIGNED_IMPORT };
  const { keyid } = signature;
  const files = [...new Set(trustedAs(trust, keyid).map(({ file }) => file))];
  return files.length > 0
    ? { trusted: true, keyid, files }
    : { trusted: false, keyid, warning: warnOfUnknownKey(keyid) };
}

const UNSIGNED_IMPORT =
  'warning: the approval is not signed: it names a submitter, and nothing says that this person wrote it.';

const warnOfUnknownKey = (keyid: string): string =>
  `warning: UNKNOWN KEY: the approval is signed by key ${keyid}, which no file of --trust, --trust-approver or trustedApprovers contains. Anyone can create a key. Ask the approver for this id, and import with --trust KEYS.`;

/** Which way of approving the options ask for. @throws KeyturnError `input-argument` where they do not fit together */
export function checkWay({ plan, out, import: path, trust }: ApproveOptions): void {
  if ((plan === undefined) !== (out === undefined)) {
    throw badArgument('--plan and --out belong together.', 'Name the plan to read and the file to write.');
  }
  if (trust !== undefined && path === undefined) {
    throw badArgument('--trust is for --import.', 'Leave it out.');
  }
}

const badArgument = (message: string, fix: string) => new KeyturnError('input-argument', message, fix);
