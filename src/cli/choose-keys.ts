import type { DecisionRequest } from '../approve/request.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import { nothingApproved, requestAll, requireDecisions } from '../workflow/approve.ts';
import type { Store } from '../workflow/ports.ts';
import type { AccessOptions, Session } from './session.ts';
import { showForApproval } from './show/candidates.ts';
import type { Terminal } from './terminal.ts';

export interface ApproveOptions extends AccessOptions {
  readonly all?: boolean;
  readonly key?: readonly string[];
  readonly from?: string;
  readonly reason?: string;
  /** Milliseconds that the approval holds. */
  readonly expires?: number;
  /** A file with the approver's private key. */
  readonly sign?: string;
  /** An exported plan to decide on, and the file to write the approval to. */
  readonly plan?: string;
  readonly out?: string;
  /** An approval that was made so. */
  readonly import?: string;
  /** Files of public keys of approvers. */
  readonly trust?: readonly string[];
}

interface Choice {
  readonly requests: readonly DecisionRequest[];
  readonly problems: readonly string[];
  readonly source: string;
}

/**
 * Shows the plan and takes what a person chooses, by the way that the options say. A file or keys that do not fit the plan
 * are refused before the plan is shown: the error would be lost below it.
 * @throws KeyturnError `refused-nothing-approved`, and what is wrong with the choice
 */
export async function showAndChoose(
  { store, terminal }: Pick<Session, 'store' | 'terminal'>,
  rollout: AssessedRollout,
  options: ApproveOptions,
): Promise<Choice> {
  const given = await chosenByOptions(options);
  if (given) await requireDecisions(store, rollout, given);
  if (!terminal.json) await showForApproval(terminal, store, rollout);
  if (given) return given;
  if (options.all) return { requests: await requestAll(store, rollout), problems: [], source: 'all' };
  if (terminal.interactive) return choosePicking(terminal, store, rollout);
  throw nothingApproved('No keys selected.');
}

async function chosenByOptions({ key, from }: ApproveOptions): Promise<Choice | undefined> {
  if (key) return { requests: key.map(byKey), problems: [], source: 'keys' };
  return from === undefined ? undefined : chooseFromFile(from);
}

const byKey = (keyArn: string): DecisionRequest => ({ where: '--key', keyArn, decision: 'approve' });

async function chooseFromFile(path: string): Promise<Choice> {
  const { readTextFile } = await import('../files/read-text.ts');
  const { readDecisionsFile } = await import('../approve/decisions-file.ts');
  return { ...readDecisionsFile(await readTextFile(path)), source: path };
}

async function choosePicking(terminal: Terminal, store: Store, rollout: AssessedRollout): Promise<Choice> {
  const { pickKeys } = await import('./pick.ts');
  const picked = await pickKeys(terminal, store, rollout);
  if (picked === undefined) throw nothingApproved('The selection was cancelled.');
  const requests = picked.map(
    (keyArn): DecisionRequest => ({ where: 'picker', keyArn, decision: 'approve' }),
  );
  return { requests, problems: [], source: 'picker' };
}
