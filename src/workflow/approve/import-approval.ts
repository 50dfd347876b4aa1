import * as z from 'zod';
import { decideOn } from '../../approve/decide.ts';
import { envelopeText, isSignatureOf, parseEnvelope } from '../../evidence/dsse.ts';
import { parseWhole, saidBy } from '../../evidence/json-line.ts';
import { approvalStatement } from '../../evidence/statement.ts';
import { isRequired, isTrustedAs, type TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import {
  type Approval,
  approval as approvalSchema,
  type Decision,
  type Submitter,
} from '../../model/approval.ts';
import { approvalId } from '../../model/id.ts';
import { isExpired, isLongBefore, LONGEST_LIFE_MS } from '../../model/in-force.ts';
import { parseJson } from '../../model/parse-json.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Clock, Store } from '../ports.ts';
import { checkRecord } from '../rollout/check-record.ts';
import { planForApproval, type Recorded, recordDecided } from './approve.ts';

/*
 * An approval that was made elsewhere comes as a DSSE envelope, the very file that a bundle has of a signed approval;
 * where nobody signed it, without a signature. Whoever brings it can have written it: all of it is checked.
 */

/** The file of an approval that is to be imported. */
export const approvalFile = (approval: Approval): string =>
  envelopeText(approvalStatement(approval), approval.signature ? [approval.signature] : []);

const statement = z.looseObject({ predicate: z.unknown() });
const predicate = approvalSchema.omit({ signature: true, imported: true });
/** Milliseconds that the clocks of approver and importer may be apart. */
const TOLERATED_MS = 5 * 60_000;

/** Reads what can be said of an approval by itself. @throws KeyturnError `input-approval` with every problem */
export function parseApprovalFile(text: string): Approval {
  const envelope = parseEnvelope(text);
  if (!envelope) throw noApproval(['it is no DSSE envelope as keyturn approve --plan writes it']);
  const { payload, signatures } = envelope;
  const approval = parsePayload(payload);
  const [signature, ...more] = signatures;
  const problems = [...problemsOf(approval), ...(more.length > 0 ? ['it has more than one signature'] : [])];
  if (signature && !isSignatureOf(payload, signature)) problems.push('its signature does not hold');
  if (problems.length > 0) throw noApproval(problems);
  return signature ? { ...approval, signature } : approval;
}

function parsePayload(payload: string): Approval {
  let approval: Approval;
  try {
    approval = parseWhole(predicate, statement.parse(parseJson(payload)).predicate) as Approval;
  } catch (cause) {
    throw noApproval([`it holds no approval: ${saidBy(cause)}`]);
  }
  if (approvalStatement(approval) === payload) return approval;
  throw noApproval(['its statement is not written as Keyturn writes it']);
}

function problemsOf({ id, at, expiresAt, submittedBy, decisions }: Approval): string[] {
  const life = Date.parse(expiresAt) - Date.parse(at);
  return [
    ...(approvalId.safeParse(id).success ? [] : ['its id is none that Keyturn makes']),
    ...(life > 0 && life <= LONGEST_LIFE_MS
      ? []
      : ['it expires before it is made, or after more than 366 days']),
    ...('callerArn' in submittedBy ? ['it names a caller of AWS, and was made without AWS'] : []),
    ...(decisions.length > 0 ? [] : ['it decides nothing']),
  ];
}

export interface ImportHost {
  readonly store: Store;
  readonly clock: Clock;
}

/** Who brings an approval, and whose he takes. */
export interface Import {
  readonly by: Submitter;
  /** Public keys of approvers; if there is none, no signature is required. */
  readonly trust?: readonly TrustedKey[];
}

/**
 * Records an approval that was made elsewhere, whole or not at all, with who brought it.
 * @throws KeyturnError `refused-foreign-plan`; `input-approval` where it does not fit the plan, `refused-approval` where
 *   it has expired, is known or is not trusted, each with every problem; `refused-decisions`, `refused-record`
 */
export async function importApproval(
  { store, clock }: ImportHost,
  rollout: AssessedRollout,
  approval: Approval,
  { by, trust = [] }: Import,
): Promise<Recorded> {
  if (approval.rollout !== rollout.id || approval.planDigest !== rollout.planDigest) throw foreign(approval);
  await checkRecord(store, rollout);
  const misfits = await misfitsOf(store, rollout, approval);
  if (misfits.length > 0) throw noApproval(misfits);
  const at = clock.now().toISOString();
  const known = (await store.approvals(rollout.id)).some((each) => each.id === approval.id);
  const problems = [
    ...(known ? ['it was recorded before'] : []),
    ...objections(approval, at, rollout.assessedAt, trust),
  ];
  if (problems.length > 0) throw refused(problems);
  return recordDecided(store, { ...approval, imported: { at, by } });
}

/** Holds each decision against what the plan itself would make of it. */
async function misfitsOf(
  store: Store,
  rollout: AssessedRollout,
  { decisions }: Approval,
): Promise<readonly string[]> {
  const asked = decisions.map(({ keyArn, choice, reason }, index) => {
    return { location: `decision ${index + 1}`, keyArn, choice, ...(reason !== undefined && { reason }) };
  });
  const due = decideOn(await planForApproval(store, rollout, decisions), asked);
  if (due.kind === 'refused') return due.problems;
  return due.decisions.flatMap((each, index) => {
    const said = decisions[index];
    if (said && isSame(said, each)) return [];
    return [`decision ${index + 1}: ${each.keyArn}: the key or the period is not that of the plan`];
  });
}

const isSame = (one: Decision, other: Decision): boolean =>
  (['keyArn', 'keyId', 'account', 'region', 'choice', 'reason', 'RotationPeriodInDays'] as const).every(
    (name) => one[name] === other[name],
  );

function objections(
  { at, expiresAt, signature }: Approval,
  now: string,
  assessedAt: string,
  trust: readonly TrustedKey[],
): string[] {
  const isSignatureRequired = isRequired(trust, 'approver');
  const isAhead = Date.parse(at) > Date.parse(now) + TOLERATED_MS;
  const isBehind = isLongBefore(at, assessedAt);
  return [
    ...(isBehind
      ? [`it was made at ${at}, it says, and its plan at ${assessedAt}: one of the clocks is wrong`]
      : []),
    ...(isExpired(expiresAt, now) ? [`it expired at ${expiresAt}`] : []),
    ...(isAhead ? [`it was made at ${at}, it says, and now it is ${now}: one of the clocks is wrong`] : []),
    ...(isSignatureRequired && !signature ? ['it is not signed'] : []),
    ...(isSignatureRequired && signature && !isTrustedAs(trust, signature.keyid, 'approver')
      ? [`it is signed by key ${signature.keyid}, which is not trusted`]
      : []),
  ];
}

function noApproval(problems: readonly string[]): KeyturnError {
  return new KeyturnError(
    'input-approval',
    'This is no approval that can be imported; nothing was recorded.',
    'Ask its approver for it again: keyturn approve --plan FILE --out FILE',
    { problems },
  );
}

function refused(problems: readonly string[]): KeyturnError {
  return new KeyturnError(
    'refused-approval',
    'The approval is refused; nothing was recorded.',
    'Ask its approver for a new one.',
    { problems },
  );
}

function foreign({ rollout, planDigest }: Approval): KeyturnError {
  return new KeyturnError(
    'refused-foreign-plan',
    `The approval is over plan ${planDigest} of rollout ${rollout}, and not over this one.`,
    'Import it into the store that the plan was exported from, or export this plan and have it approved.',
  );
}
