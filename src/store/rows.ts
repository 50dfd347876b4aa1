import type { Approval, Decision } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import { approverOf, rankOf } from '../model/in-force.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Place } from '../model/place.ts';
import { type Rollout, rollout as rolloutSchema } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import type { PlaceRecord } from '../workflow/ports.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

/*
 * Each row follows from its record: the columns that queries select by are written by these functions and by nothing
 * else. The same functions tell what the rows of a journal have to be (due-rows.ts). Columns are in the order of the table.
 */

type Header = Omit<Approval, 'decisions'>;

export const rolloutRow = (rollout: Rollout): Tables['rollouts'] => ({
  id: rollout.id,
  created_at: rollout.createdAt,
  assessed_at: rollout.assessedAt ?? null,
  record: JSON.stringify(rollout),
});

/** The row once the assessment is complete. @param record of the row before */
export const assessedRow = (record: string, assessedAt: string, planDigest: string): Tables['rollouts'] =>
  rolloutRow({ ...parseRecord(rolloutSchema, record), assessedAt, planDigest });

export const findingRow = (rollout: string, finding: Finding): Tables['findings'] => ({
  rollout,
  key_arn: finding.keyArn,
  account: finding.account,
  region: finding.region,
  kind: finding.kind,
  record: JSON.stringify(finding),
});

export function placeRow(rollout: string, record: PlaceRecord): Tables['places'] {
  const { account, region } = record.place;
  const counted =
    record.kind === 'assessed'
      ? { listed: record.listed, aws_managed: record.awsManaged }
      : { listed: null, aws_managed: null };
  return { rollout, account, region, ...counted, record: JSON.stringify(record.place) };
}

/** A place that is still to be assessed. */
export const pendingPlaceRow = (rollout: string, { account, region }: Place): Tables['places'] => ({
  rollout,
  account,
  region,
  listed: null,
  aws_managed: null,
  record: PENDING_PLACE,
});

/** The record of such a place. */
export const PENDING_PLACE = '{}';

export const approvalRow = (header: Header): Tables['approvals'] => ({
  rollout: header.rollout,
  id: header.id,
  at: header.at,
  plan_digest: header.planDigest,
  record: JSON.stringify(header),
});

/** @param position of the decision in its approval */
export const submittedRow = (
  { rollout, id }: Header,
  position: number,
  decided: Decision,
): Tables['submitted'] => ({
  rollout,
  approval: id,
  position,
  key_arn: decided.keyArn,
  choice: decided.choice,
  record: JSON.stringify(decided),
});

/** @param number of the approval's entry in the journal */
export const decisionRow = (header: Header, number: number, decided: Decision): Tables['decisions'] => ({
  rollout: header.rollout,
  key_arn: decided.keyArn,
  approver: approverOf(header),
  account: decided.account,
  region: decided.region,
  choice: decided.choice,
  approval: header.id,
  expires_at: header.expiresAt,
  rank: rankOf({ choice: decided.choice, expiresAt: header.expiresAt, number }),
  record: JSON.stringify(decided),
});

export const changeRow = (rollout: string, change: Outcome): Tables['changes'] => ({
  rollout,
  key_arn: change.keyArn,
  status: change.status,
  reason: change.reason ?? null,
  record: JSON.stringify(change),
});

export const verdictRow = (rollout: string, verdict: Verdict): Tables['verdicts'] => ({
  rollout,
  key_arn: verdict.keyArn,
  kind: verdict.kind,
  record: JSON.stringify(verdict),
});
