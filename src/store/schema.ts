import { type Kysely, sql } from 'kysely';
import type { DecisionKind } from '../model/approval.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { VerdictKind } from '../model/verdict.ts';

/**
 * Columns that queries select by stand on their own; everything else of a record is its JSON in `record`, written
 * and parsed with the model's schema. Arrays of text are compared by code unit (SQLite's BINARY collation), which is
 * the order of a plan.
 */
export interface Tables {
  rollouts: { id: string; created_at: string; assessed_at: string | null; record: string };
  places: {
    rollout: string;
    account: string;
    region: string;
    listed: number | null;
    aws_managed: number | null;
    record: string;
  };
  findings: {
    rollout: string;
    key_arn: string;
    account: string;
    region: string;
    kind: string;
    record: string;
  };
  approvals: { rollout: string; id: string; at: string; plan_digest: string; record: string };
  /** Each approval's decisions as they were submitted, in their order. */
  submitted: {
    rollout: string;
    approval: string;
    position: number;
    key_arn: string;
    choice: DecisionKind;
    record: string;
  };
  /** The last decision of each approver on each key. */
  decisions: Voice;
  /** Of those the one in force on each key, kept beside them: a hostile bundle can hold thousands on one key. */
  in_force: Voice;
  changes: {
    rollout: string;
    key_arn: string;
    status: OutcomeKind;
    reason: string | null;
    record: string;
  };
  verdicts: { rollout: string; key_arn: string; kind: VerdictKind; record: string };
  /** Who writes about a rollout; null once released. The epoch moves each time that it is claimed. */
  claims: { rollout: string; holder: string | null; epoch: number };
  /** `line` is the text that is hashed, `hash` its SHA-256. */
  journal: { rollout: string; seq: number; line: string; hash: string };
}

type Voice = {
  rollout: string;
  key_arn: string;
  approver: string;
  account: string;
  region: string;
  choice: DecisionKind;
  approval: string;
  expires_at: string;
  /** Among all voices on the key: the highest is in force. */
  rank: string;
  record: string;
};

/** The schema's version stands in `PRAGMA user_version`; a store of a later version is refused, never guessed at. */
export const SCHEMA_VERSION = 5;

const STATEMENTS = [
  `create table rollouts (id text primary key, created_at text not null, assessed_at text, record text not null)`,
  `create table places (rollout text not null references rollouts, account text not null, region text not null,
     listed integer, aws_managed integer, record text not null, primary key (rollout, account, region))`,
  `create table findings (rollout text not null references rollouts, key_arn text not null, account text not null,
     region text not null, kind text not null, record text not null, primary key (rollout, key_arn))`,
  `create index findings_by_place on findings (rollout, account, region, kind)`,
  `create index findings_by_kind on findings (rollout, kind, key_arn)`,
  `create table approvals (rollout text not null references rollouts, id text not null, at text not null,
     plan_digest text not null, record text not null, primary key (rollout, id))`,
  `create table submitted (rollout text not null, approval text not null, position integer not null,
     key_arn text not null, choice text not null, record text not null,
     primary key (rollout, approval, position), foreign key (rollout, approval) references approvals)`,
  `create table decisions (rollout text not null, key_arn text not null, approver text not null,
     account text not null, region text not null, choice text not null, approval text not null,
     expires_at text not null, rank text not null, record text not null,
     primary key (rollout, key_arn, approver),
     foreign key (rollout, key_arn) references findings, foreign key (rollout, approval) references approvals)`,
  `create index decisions_by_rank on decisions (rollout, key_arn, rank)`,
  `create table in_force (rollout text not null, key_arn text not null, approver text not null,
     account text not null, region text not null, choice text not null, approval text not null,
     expires_at text not null, rank text not null, record text not null, primary key (rollout, key_arn),
     foreign key (rollout, key_arn, approver) references decisions)`,
  `create index in_force_by_kind on in_force (rollout, choice, key_arn)`,
  `create index in_force_by_place on in_force (rollout, choice, account, region, key_arn)`,
  `create table changes (rollout text not null, key_arn text not null,
     status text not null, reason text,
     record text not null, primary key (rollout, key_arn), foreign key (rollout, key_arn) references findings)`,
  `create table verdicts (rollout text not null, key_arn text not null, kind text not null, record text not null,
     primary key (rollout, key_arn), foreign key (rollout, key_arn) references changes)`,
  `create table claims (rollout text primary key, holder text, epoch integer not null)`,
  `create table journal (rollout text not null references rollouts, seq integer not null, line text not null,
     hash text not null, primary key (rollout, seq))`,
  `create trigger journal_is_append_only before update on journal
     begin select raise(abort, 'the journal is append-only'); end`,
  `create trigger journal_is_kept before delete on journal
     begin select raise(abort, 'the journal is append-only'); end`,
];

/** Makes the tables; does nothing where another process has made them since the caller looked. */
export async function createTables(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if ((await readSchemaVersion(transaction)) !== 0) return;
    for (const statement of STATEMENTS) await sql.raw(statement).execute(transaction);
    await sql.raw(`pragma user_version = ${SCHEMA_VERSION}`).execute(transaction);
  });
}

/** 0 for a new store. */
export async function readSchemaVersion(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  return rows[0]?.user_version ?? 0;
}
