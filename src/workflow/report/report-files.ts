import type { KeyObject } from 'node:crypto';
import { planLines } from '../../assess/plan.ts';
import { envelopeText, signPayload } from '../../evidence/dsse.ts';
import { measure, openMeter } from '../../evidence/files.ts';
import {
  BUNDLE_SIGNATURE,
  GIT_ATTRIBUTES,
  GIT_ATTRIBUTES_TEXT,
  MANIFEST,
  type Manifest,
  manifestText,
  type SealedFile,
  SUMS,
  sumsText,
} from '../../evidence/manifest.ts';
import { approvalStatement, bundleStatement } from '../../evidence/statement.ts';
import type { JournalHead } from '../../model/journal.ts';
import { jsonText } from '../../model/json-text.ts';
import { priceOfRollout } from '../../model/prices.ts';
import type { Rollout } from '../../model/rollout.ts';
import { decisionsCsv, findingsCsv, outcomesCsv, verdictsCsv } from '../../report/csv.ts';
import { htmlReport } from '../../report/html.ts';
import { jsonWithList, recordLines } from '../../report/lines.ts';
import { markdownReport } from '../../report/markdown.ts';
import type { RolloutRecord } from '../../report/record.ts';
import { mapRows } from '../../report/rows.ts';
import { assembleSummary, type RolloutSummary } from '../../report/summary.ts';
import type { ReportFile, Store } from '../ports.ts';
import { planHeaderOf } from '../rollout/plan-header.ts';
import { readRecord } from './rollout-record.ts';
import { readVerdictRows } from './verdict-rows.ts';

export interface BundleMaker {
  /** The version that the manifest names. */
  readonly keyturnVersion: string;
  /** An Ed25519 private key to sign the bundle with. */
  readonly key?: KeyObject;
}

/**
 * The evidence of a rollout at whatever stage it is, sealed: documents, reports and the journal, then the manifest that
 * names each of them by its SHA-256. Made twice from the same rollout it is the same to the byte, and making it adds
 * nothing to the journal. Each file has to be read to its end before the next is asked for.
 */
export async function* reportFiles(
  store: Store,
  rollout: Rollout,
  { keyturnVersion, key }: BundleMaker,
): AsyncGenerator<ReportFile> {
  const record = await readRecord(store, rollout);
  const summary = await assembleSummary(record);
  const files: SealedFile[] = [];
  for await (const { name, chunks } of documents(store, record, summary)) {
    yield { name, chunks: sealed(name, chunks, files) };
  }
  const head = await store.journalHead(rollout.id);
  const text = manifestText(assembleManifest({ keyturnVersion, rollout, summary, head, files }));
  const { sha256 } = await measure([text]);
  yield { name: MANIFEST, chunks: [text] };
  yield { name: SUMS, chunks: [sumsText(files, sha256)] };
  if (!key) return;
  const statement = bundleStatement(rollout.id, sha256);
  yield { name: BUNDLE_SIGNATURE, chunks: [envelopeText(statement, [signPayload(statement, key)])] };
}

/** `plan.jsonl` holds the very bytes of the plan's digest, `findings.jsonl` those of the findings'. */
async function* documents(
  store: Store,
  record: RolloutRecord,
  summary: RolloutSummary,
): AsyncGenerator<ReportFile> {
  const { rollout, approvals } = record;
  yield { name: 'plan.jsonl', chunks: planLines(planHeaderOf(rollout), record.findings()) };
  yield { name: 'rollout.json', chunks: document({ schema: 'keyturn/rollout/v1', ...rollout }) };
  yield { name: 'findings.jsonl', chunks: recordLines(record.findings()) };
  yield {
    name: 'findings.csv',
    chunks: findingsCsv(record.findings(), rollout.planDigest, priceOfRollout(rollout)),
  };
  yield { name: 'approvals.json', chunks: approvalsJson(record) };
  yield* signedApprovals(record);
  yield { name: 'decisions.jsonl', chunks: recordLines(record.decisions()) };
  yield { name: 'decisions.csv', chunks: decisionsCsv(record.decisions(), approvals) };
  yield { name: 'outcomes.jsonl', chunks: recordLines(record.outcomes()) };
  yield { name: 'outcomes.csv', chunks: outcomesCsv(record.outcomes()) };
  yield { name: 'verdicts.jsonl', chunks: recordLines(readVerdictRows(store, rollout.id)) };
  yield { name: 'verdicts.csv', chunks: verdictsCsv(readVerdictRows(store, rollout.id)) };
  yield { name: 'journal.jsonl', chunks: withNewlines(store.journalLines(rollout.id)) };
  yield { name: GIT_ATTRIBUTES, chunks: [GIT_ATTRIBUTES_TEXT] };
  yield { name: 'report.md', chunks: markdownReport(record) };
  yield { name: 'report.html', chunks: htmlReport(record) };
  yield { name: 'summary.json', chunks: document(summary) };
}

/** An envelope holds its approval whole, as it was signed: one at a time. */
async function* signedApprovals({
  approvals,
  submittedDecisions,
}: RolloutRecord): AsyncGenerator<ReportFile> {
  for (const { counts: _, ...header } of approvals) {
    if (!header.signature) continue;
    const submitted = await Array.fromAsync(submittedDecisions(header.id));
    const approval = { ...header, decisions: submitted.map(({ decision }) => decision) };
    const chunks = [envelopeText(approvalStatement(approval), [header.signature])];
    yield { name: `approval-${header.id}.dsse.json`, chunks };
  }
}

/** Passes a file's chunks on, and notes what they came to once the last is through. */
async function* sealed(
  name: string,
  chunks: ReportFile['chunks'],
  files: SealedFile[],
): AsyncGenerator<string> {
  const meter = openMeter();
  for await (const chunk of chunks) {
    meter.add(chunk);
    yield chunk;
  }
  files.push({ name, ...meter.read() });
}

function assembleManifest(parts: {
  readonly keyturnVersion: string;
  readonly rollout: Rollout;
  readonly summary: RolloutSummary;
  readonly head: JournalHead;
  readonly files: SealedFile[];
}): Manifest {
  const { keyturnVersion, rollout, summary, head, files } = parts;
  return {
    schema: 'keyturn/evidence/v1',
    rollout: rollout.id,
    keyturnVersion,
    scope: rollout.scope,
    times: { ...summary.times },
    notSeen: {
      unreachable: summary.unreachable.map(({ account, region, reason, fix }) => ({
        account,
        region,
        reason,
        fix,
      })),
      unknown: summary.totals.unknown,
      notAssessedAccounts: rollout.notAssessed ?? [],
      regionsLeftOut: rollout.regionsLeftOut ?? null,
    },
    journal: { entries: head.entries, head: head.hash },
    files,
  };
}

function* document(value: unknown): Generator<string> {
  yield `${jsonText(value)}\n`;
}

/** One JSON document, as every approval was submitted; an approval can hold as many decisions as there are keys. */
async function* approvalsJson({ approvals, submittedDecisions }: RolloutRecord): AsyncGenerator<string> {
  yield '{"schema":"keyturn/approvals/v1","approvals":[';
  for (const [index, { counts: _, ...header }] of approvals.entries()) {
    if (index > 0) yield ',';
    const decisions = mapRows(submittedDecisions(header.id), ({ decision }) => decision);
    yield* jsonWithList(header, 'decisions', decisions);
  }
  yield ']}\n';
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
