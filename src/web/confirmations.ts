import { createHash } from 'node:crypto';
import type { DecisionKind } from '../model/approval.ts';
import { SELECTED_KEYS } from '../model/review-words.ts';
import { approve } from '../workflow/approve/approve.ts';
import { costOfSelection } from './cost.ts';
import { WebError } from './error.ts';
import type { Approver, ReviewHost, SignatureRequest } from './host.ts';
import type { ConfirmationAnswer, RecordedAnswer } from './shapes.ts';
import { openSignatures } from './signature.ts';

/** Milliseconds in which a last step can be confirmed. */
const LASTS_MS = 15 * 60_000;
const MOST_CONFIRMATIONS = 8;

export interface Proposal {
  readonly selection: string;
  readonly decision: DecisionKind;
  readonly reason?: string | undefined;
  /** Milliseconds that an approval is to hold. */
  readonly lifeMs: number;
}

/** The list as it was shown at the last step: it is what is recorded, and nothing else ever is. */
interface Confirmation extends Proposal {
  readonly keyArns: readonly string[];
  /** How many approvals there were: with another one, what was shown is not what there is. */
  readonly seen: number;
  readonly until: number;
}

export interface Confirmations {
  /** @throws WebError `nothing-selected` */
  propose(proposal: Proposal): Promise<ConfirmationAnswer>;
  /** The selection that holds the keys of a confirmation, to list them by. */
  listOf(id: string): string;
  /**
   * Records what was shown, once; what is signed, after the approver has confirmed it outside of the page.
   * @param gone aborted if the page no longer waits
   * @throws WebError `wrong-number` if another number was typed, `stale-confirmation` if the world has moved on,
   * `not-signed` and `already-asked`
   */
  confirm(id: string, typed: string, approver: Approver, gone: AbortSignal): Promise<RecordedAnswer>;
}

export function openConfirmations(host: ReviewHost): Confirmations {
  const { review, clock, newSecret } = host;
  const confirmSignature = openSignatures(host);
  const open = new Map<string, Confirmation>();
  const find = (id: string): Confirmation => {
    const found = open.get(id);
    if (found && found.until > clock.monotonic()) return found;
    throw stale('It was confirmed already, or it is too old');
  };
  return {
    listOf: (id) => {
      find(id);
      return listName(id);
    },
    propose: async (proposal) => {
      const keyArns = await review.selectedKeys(proposal.selection);
      if (keyArns.length === 0) throw nothingSelected();
      const id = newSecret();
      await review.select(listName(id), { kind: 'keys', on: true, keyArns });
      await forgetOldest(host, open);
      const until = clock.monotonic() + LASTS_MS;
      const confirmation = { ...proposal, keyArns, seen: await countApprovals(host), until };
      open.set(id, confirmation);
      return describe(host, id, confirmation);
    },
    confirm: async (id, typed, approver, gone) => {
      const confirmation = find(id);
      if (typed.trim() !== String(confirmation.keyArns.length))
        throw wrongNumber(confirmation.keyArns.length);
      // Taken before anything is awaited: a second click finds it used.
      open.delete(id);
      await refuseStale(host, id, confirmation);
      await confirmSignature(approver, signatureOf(host, confirmation), gone);
      await refuseStale(host, id, confirmation);
      return record(host, confirmation, approver);
    },
  };
}

const listName = (id: string): string => `confirmation ${id}`;

async function forgetOldest({ review }: ReviewHost, open: Map<string, Confirmation>): Promise<void> {
  const [oldest] = open.keys();
  if (open.size < MOST_CONFIRMATIONS || oldest === undefined) return;
  open.delete(oldest);
  await review.dropSelection(listName(oldest));
}

async function describe(
  host: ReviewHost,
  id: string,
  { keyArns, decision, reason, lifeMs, until }: Confirmation,
): Promise<ConfirmationAnswer> {
  const { review, rollout } = host;
  const stacks = await review.groups('stack', SELECTED_KEYS, listName(id));
  const warned = await review.groups('warning', SELECTED_KEYS, listName(id));
  const warnedOf = (kind: string) => warned.find(({ value }) => value === kind)?.keys ?? 0;
  const decided = await review.groups('decision', SELECTED_KEYS, listName(id));
  return {
    confirmation: id,
    decision,
    ...(reason !== undefined && { reason }),
    keys: keyArns.length,
    lifeMs,
    planDigest: rollout.planDigest,
    listDigest: digestOf(keyArns),
    places: await review.selectedPlaces(listName(id)),
    replaces: decided
      .filter(({ value }) => value !== 'undecided')
      .map(({ value, keys }) => ({ decision: value, keys })),
    inStacks: stacks.reduce((sum, { value, keys }) => sum + (value === '' ? 0 : keys), 0),
    refusals: { refused: warnedOf('refused'), conditional: warnedOf('conditional') },
    cost: await costOfSelection(host, listName(id)),
    until: new Date(until).toISOString(),
  };
}

function signatureOf(
  { rollout }: ReviewHost,
  { decision, keyArns, lifeMs, reason }: Confirmation,
): SignatureRequest {
  const { planDigest } = rollout;
  return { decision, keyArns, planDigest, listDigest: digestOf(keyArns), lifeMs, reason };
}

const digestOf = (keyArns: readonly string[]): string =>
  createHash('sha256')
    .update(keyArns.map((keyArn) => `${keyArn}\n`).join(''))
    .digest('hex');

async function refuseStale(host: ReviewHost, id: string, confirmation: Confirmation): Promise<void> {
  const { store, rollout, review } = host;
  const now = await store.findRollout(rollout.id);
  if (now?.planDigest !== rollout.planDigest) throw stale('The plan has changed');
  if ((await countApprovals(host)) !== confirmation.seen) throw stale('Somebody has decided meanwhile');
  const left = await review.selectedKeys(listName(id));
  const isSame =
    left.length === confirmation.keyArns.length &&
    left.every((keyArn, index) => keyArn === confirmation.keyArns[index]);
  if (!isSame) throw stale('Some of these keys have been changed meanwhile');
}

async function record(
  { store, clock, newApprovalId, rollout, review }: ReviewHost,
  { keyArns, decision, reason, selection, lifeMs, seen }: Confirmation,
  { submittedBy, signing }: Approver,
): Promise<RecordedAnswer> {
  const {
    approval,
    blocked,
    refusals: _,
    ...totals
  } = await approve({ store, clock, newApprovalId }, rollout, {
    requests: keyArns.map((keyArn) => ({
      location: 'page',
      keyArn,
      choice: decision,
      planDigest: rollout.planDigest,
    })),
    problems: [],
    submittedBy,
    source: 'page',
    lifeMs,
    seen,
    ...(reason !== undefined && { reason }),
    ...(signing && { key: signing.key }),
  });
  await review.dropSelection(selection);
  return { approval, keys: keyArns.length, decision, blocked, totals };
}

const countApprovals = async ({ store, rollout }: ReviewHost): Promise<number> =>
  (await store.approvals(rollout.id)).length;

const stale = (why: string): WebError =>
  new WebError(
    'stale-confirmation',
    `${why}; nothing was recorded.`,
    'Look at what is selected, and confirm again.',
  );

const wrongNumber = (keys: number): WebError =>
  new WebError('wrong-number', 'That is not the number of keys; nothing was recorded.', `Type ${keys}.`);

const nothingSelected = (): WebError =>
  new WebError('nothing-selected', 'No key is selected that can be decided on.', 'Select keys first.');
