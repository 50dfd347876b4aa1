import type { DecisionRequest } from '../../approve/request.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { nothingApproved, requestAll, requireDecisions } from '../../workflow/approve/approve.ts';
import type { Asked } from '../session/session.ts';
import type { ApproveOptions } from '../settings/takes.ts';
import { showForApproval } from '../show/candidates.ts';

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
  session: Asked,
  rollout: AssessedRollout,
  options: ApproveOptions,
): Promise<Choice> {
  const { store, terminal, signal } = session;
  const given = await chosenByOptions(options, signal);
  if (given) await requireDecisions(store, rollout, given);
  if (!terminal.json) await showForApproval(terminal, store, rollout);
  if (given) return given;
  if (options.all) return { requests: await requestAll(store, rollout), problems: [], source: 'all' };
  if (terminal.interactive) return choosePicking(session, rollout);
  throw nothingApproved('No keys selected.');
}

async function chosenByOptions(
  { key, from }: ApproveOptions,
  signal?: AbortSignal,
): Promise<Choice | undefined> {
  if (key) return { requests: key.map(byKey), problems: [], source: 'keys' };
  return from === undefined ? undefined : chooseFromFile(from, signal);
}

const byKey = (keyArn: string): DecisionRequest => ({ location: '--key', keyArn, choice: 'approve' });

async function chooseFromFile(path: string, signal?: AbortSignal): Promise<Choice> {
  const { readTextFile } = await import('../../files/read-text.ts');
  const { readDecisionsFile } = await import('../../approve/decisions-file.ts');
  return { ...readDecisionsFile(await readTextFile(path, undefined, signal)), source: path };
}

async function choosePicking(session: Asked, rollout: AssessedRollout): Promise<Choice> {
  const { pickKeys } = await import('../pick/pick-keys.ts');
  const picked = await pickKeys(session, rollout);
  if (picked === undefined) throw nothingApproved('The selection was cancelled.');
  const requests = picked.map(
    (keyArn): DecisionRequest => ({ location: 'picker', keyArn, choice: 'approve' }),
  );
  return { requests, problems: [], source: 'picker' };
}
