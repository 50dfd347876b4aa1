import { readDecisionsFile } from '../../approve/decisions-file.ts';
import type { DecisionRequest } from '../../approve/request.ts';
import { APPROVAL_LIFE_MS } from '../../model/in-force.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { approve, nothingApproved, type Recorded, requestAll } from '../../workflow/approve.ts';
import { checkPlan, chooseRolloutToChange } from '../../workflow/choose-rollout.ts';
import type { Store } from '../../workflow/ports.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import {
  type AccessOptions,
  newId,
  openAws,
  type Session,
  submitterFrom,
  systemClock,
  withSession,
} from '../session.ts';
import { showForApproval } from '../show/candidates.ts';
import { next, printJson } from '../show/print.ts';
import { openSigningKey } from '../signing-key.ts';

export interface ApproveOptions extends AccessOptions {
  readonly all?: boolean;
  readonly key?: readonly string[];
  readonly from?: string;
  readonly reason?: string;
  /** Milliseconds that the approval holds. */
  readonly expires?: number;
  /** A file with the approver's private key. */
  readonly sign?: string;
}

/** `keyturn approve`: records which candidates a person wants turned on. */
export async function runApprove(options: ApproveOptions): Promise<ExitCode> {
  return withSession(options, 'find', async (session) => {
    const { store, terminal } = session;
    const rollout = await chooseRolloutToChange(store, options.rollout);
    const recorded = await approveRollout(session, rollout, options);
    const { approved, declined, deferred, undecided, blocked } = recorded;
    if (terminal.json) {
      await printJson(terminal, { rollout: rollout.id, planDigest: rollout.planDigest, ...recorded });
      return EXIT.done;
    }
    await terminal.out(
      `Recorded. ${terminal.bold(`${approved} approved`)}, ${declined} declined, ${deferred} deferred, ${undecided} undecided (not approved).\n`,
    );
    if (blocked > 0) await terminal.out(`${blocked} of the approved keys stay declined: ${WHO_DECLINES}\n`);
    if (approved > 0) await terminal.out(next(options, rollout, 'configure'));
    return EXIT.done;
  });
}

const WHO_DECLINES = 'keyturn list decisions --decision decline says by whom; each has to withdraw it.';

/** Shows the plan, has somebody choose, and records the choice with who submitted it. */
export async function approveRollout(
  session: Session,
  rollout: AssessedRollout,
  options: ApproveOptions,
): Promise<Recorded> {
  const { store, terminal } = session;
  await checkPlan(store, rollout);
  const key = options.sign === undefined ? undefined : await openSigningKey(options.sign, terminal);
  if (!terminal.json) await showForApproval(terminal, store, rollout);
  const chosen = await choose(session, rollout, options);
  // Asked before anything is recorded: an approval without a submitter is none.
  const { notify } = session.progress;
  const caller = await (await openAws(options, { rollout, role: 'assess', notify })).identify();
  return approve({ store, clock: systemClock, newApprovalId: () => newId(new Date()) }, rollout, {
    ...chosen,
    submittedBy: submitterFrom(caller),
    lifeMs: options.expires ?? APPROVAL_LIFE_MS,
    ...(key && { key }),
    ...(options.reason !== undefined && { reason: options.reason.toWellFormed() }),
  });
}

interface Choice {
  readonly requests: readonly DecisionRequest[];
  readonly problems: readonly string[];
  readonly source: string;
}

async function choose(
  { store, terminal }: Session,
  rollout: AssessedRollout,
  options: ApproveOptions,
): Promise<Choice> {
  if (options.all) return { requests: await requestAll(store, rollout), problems: [], source: 'all' };
  if (options.key) return { requests: options.key.map(byKey), problems: [], source: 'keys' };
  if (options.from !== undefined) return chooseFromFile(options.from);
  if (terminal.interactive) return choosePicking(store, rollout);
  throw nothingApproved('Nobody was there to choose, and no key was named.');
}

const byKey = (keyArn: string): DecisionRequest => ({ where: '--key', keyArn, decision: 'approve' });

async function chooseFromFile(path: string): Promise<Choice> {
  const { readTextFile } = await import('../../files/read-text.ts');
  return { ...readDecisionsFile(await readTextFile(path)), source: path };
}

async function choosePicking(store: Store, rollout: AssessedRollout): Promise<Choice> {
  const { pickKeys } = await import('../pick.ts');
  const picked = await pickKeys(store, rollout);
  if (picked === undefined) throw nothingApproved('The choice was left without an answer.');
  const requests = picked.map(
    (keyArn): DecisionRequest => ({ where: 'picker', keyArn, decision: 'approve' }),
  );
  return { requests, problems: [], source: 'picker' };
}
