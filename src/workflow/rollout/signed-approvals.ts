import { isSignatureOf } from '../../evidence/dsse.ts';
import { approvalStatement } from '../../evidence/statement.ts';
import { keyIdsOf, type TrustedKey } from '../../evidence/trust.ts';
import type { Approval, ApprovalHeader } from '../../model/approval.ts';
import { approverOfKey } from '../../model/in-force.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Cover, Store } from '../ports.ts';
import { checkRecord } from './check-record.ts';

/*
 * Whoever can write the store can write journal and rows anew, so that each follows from the other. What nobody can write
 * without an approver's key is a signed approval: where signatures are required, nothing else covers a change.
 */

/** The approved keys that a trusted approver's signature covers, by ARN: of several approvals the one that holds longest. */
export type Covers = ReadonlyMap<string, Cover>;

/**
 * The same, of a record that was checked and that nobody has written to meanwhile.
 * @throws KeyturnError `refused-record`
 */
export async function requireCovers(
  store: Store,
  rollout: AssessedRollout,
  approvers: readonly TrustedKey[],
): Promise<Covers> {
  for (;;) {
    const revision = await store.revision();
    await checkRecord(store, rollout);
    const covers = await readCovers(store, rollout, approvers);
    if ((await store.revision()) === revision) return covers;
  }
}

/**
 * Reads the covers and checks each signature. What is returned does not change with the rows that it was read from.
 * @param approvers keys that are trusted as approvers'; others count for nothing
 */
export async function readCovers(
  store: Store,
  rollout: AssessedRollout,
  approvers: readonly TrustedKey[],
): Promise<Covers> {
  const headers = new Map((await store.approvals(rollout.id)).map((header) => [header.id, header]));
  const covers = new Map<string, Cover>();
  for (const keyid of keyIdsOf(approvers, 'approver')) {
    const signed = new Map<string, SignedApproval>();
    for await (const { keyArn, approval } of store.keysApprovedBy(rollout.id, approverOfKey(keyid))) {
      const read = signed.get(approval) ?? (await readSigned(store, rollout, headers.get(approval), keyid));
      signed.set(approval, read);
      const { cover, keyArns } = read;
      if (keyArns.has(keyArn) && cover.expiresAt > (covers.get(keyArn)?.expiresAt ?? '')) {
        covers.set(keyArn, cover);
      }
    }
  }
  return covers;
}

interface SignedApproval {
  readonly cover: Cover;
  /** What it approves. Empty unless the key has signed just this approval of just this plan. */
  readonly keyArns: ReadonlySet<string>;
}

async function readSigned(
  store: Store,
  { id, planDigest, RotationPeriodInDays }: AssessedRollout,
  header: ApprovalHeader | undefined,
  keyid: string,
): Promise<SignedApproval> {
  const cover = {
    approval: header?.id ?? '',
    approver: approverOfKey(keyid),
    expiresAt: header?.expiresAt ?? '',
    RotationPeriodInDays,
  };
  const isOver = header?.rollout === id && header.planDigest === planDigest;
  if (!isOver || header.signature?.keyid !== keyid) return { cover, keyArns: new Set() };
  const approval = await readApproval(store, header);
  const isSigned = isSignatureOf(approvalStatement(approval), header.signature);
  const approved = approval.decisions.filter(
    (each) => each.choice === 'approve' && each.RotationPeriodInDays === RotationPeriodInDays,
  );
  return { cover, keyArns: new Set(isSigned ? approved.map(({ keyArn }) => keyArn) : []) };
}

/** An approval as it was submitted, and signed. */
async function readApproval(store: Store, { counts, ...header }: ApprovalHeader): Promise<Approval> {
  const decisions: Approval['decisions'] = [];
  for await (const { decision } of store.submittedDecisions(header.rollout, header.id)) {
    decisions.push(decision);
  }
  return { ...header, decisions };
}
