import { planLines } from '../assess/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import { decisionsCsv, findingsCsv, outcomesCsv, verdictsCsv } from '../report/csv.ts';
import { htmlReport } from '../report/html.ts';
import { jsonText, jsonWithList, recordLines } from '../report/lines.ts';
import { markdownReport } from '../report/markdown.ts';
import type { RolloutRecord } from '../report/record.ts';
import { mapRows } from '../report/rows.ts';
import { assembleSummary } from '../report/summary.ts';
import { planHeaderOf } from './assess.ts';
import type { ReportFile, Store } from './ports.ts';
import { readRecord } from './record.ts';
import { readVerdictRows } from './verdict-rows.ts';

/**
 * The report of a rollout at whatever stage it is. `plan.jsonl` holds the very bytes of the plan's digest; the summary
 * comes last, so that a directory with one holds a whole report.
 */
export async function* reportFiles(store: Store, rollout: Rollout): AsyncGenerator<ReportFile> {
  const { id, planDigest } = rollout;
  const record = await readRecord(store, rollout);
  yield { name: 'plan.jsonl', chunks: planLines(planHeaderOf(rollout), record.findings()) };
  yield { name: 'rollout.json', chunks: document({ schema: 'keyturn/rollout/v1', ...rollout }) };
  yield { name: 'findings.jsonl', chunks: recordLines(record.findings()) };
  yield { name: 'findings.csv', chunks: findingsCsv(record.findings(), planDigest) };
  yield { name: 'approvals.json', chunks: approvalsJson(record) };
  yield { name: 'decisions.jsonl', chunks: recordLines(record.decisions()) };
  yield { name: 'decisions.csv', chunks: decisionsCsv(record.decisions(), record.approvals) };
  yield { name: 'outcomes.jsonl', chunks: recordLines(record.outcomes()) };
  yield { name: 'outcomes.csv', chunks: outcomesCsv(record.outcomes()) };
  yield { name: 'verdicts.jsonl', chunks: recordLines(readVerdictRows(store, id)) };
  yield { name: 'verdicts.csv', chunks: verdictsCsv(readVerdictRows(store, id)) };
  yield { name: 'journal.jsonl', chunks: journalLines(store, id) };
  yield { name: 'report.md', chunks: markdownReport(record) };
  yield { name: 'report.html', chunks: htmlReport(record) };
  yield { name: 'summary.json', chunks: document(await assembleSummary(record)) };
}

function* document(value: unknown): Generator<string> {
  yield `${jsonText(value)}\n`;
}

/** One JSON document, as every approval was submitted; an approval can hold as many decisions as there are keys. */
async function* approvalsJson({ approvals, submittedDecisions }: RolloutRecord): AsyncGenerator<string> {
  yield '{"schema":"keyturn/approvals/v1","approvals":[';
  for (const [index, { counts: _, ...header }] of approvals.entries()) {
    if (index > 0) yield ',';
    const decisions = mapRows(submittedDecisions(header.approval), ({ decision }) => decision);
    yield* jsonWithList(header, 'decisions', decisions);
  }
  yield ']}\n';
}

async function* journalLines(store: Store, rollout: string): AsyncGenerator<string> {
  for await (const entry of store.journalEntries(rollout)) yield `${jsonText(entry)}\n`;
}
