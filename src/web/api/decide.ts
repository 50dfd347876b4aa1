import type { Hono } from 'hono';
import * as z from 'zod';
import { decisionKind } from '../../model/approval.ts';
import { APPROVAL_LIFE_MS, LONGEST_LIFE_MS } from '../../model/in-force.ts';
import { LARGEST_PAGE, selectionChange } from '../../model/review.ts';
import { SELECTED_KEYS } from '../../model/review-words.ts';
import { text } from '../../model/text.ts';
import { openConfirmations } from '../confirmations.ts';
import { WebError } from '../error.ts';
import type { ReviewHost } from '../host.ts';
import { parse, parseBody } from '../parse.ts';
import { describeRows } from '../rows.ts';
import { openSelections } from '../selections.ts';
import type { FindingsAnswer } from '../shapes.ts';

const LONGEST_REASON = 1000;

const proposal = z.strictObject({
  selection: z.string().max(100),
  decision: decisionKind,
  lifeMs: z.int().min(60_000).max(LONGEST_LIFE_MS).default(APPROVAL_LIFE_MS),
  reason: text.pipe(z.string().trim().min(1).max(LONGEST_REASON)).optional(),
});
const typedNumber = z.strictObject({ typed: z.string().max(20) });
const pageOf = z.object({
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(50),
});

/** Selecting, and the last step in two halves: what would be recorded, and that it be recorded. */
export function addDecisions(app: Hono, host: ReviewHost, onRecorded: () => void): void {
  const selections = openSelections(host);
  const confirmations = openConfirmations(host);

  app.post('/api/selections', async (context) => context.json(await selections.open(), 201));
  app.get('/api/selections/:id', async (context) =>
    context.json(await selections.read(context.req.param('id'))),
  );
  app.post('/api/selections/:id/changes', async (context) => {
    const change = await parseBody(selectionChange, context);
    return context.json(await selections.change(context.req.param('id'), change));
  });

  app.post('/api/confirmations', async (context) => {
    const asked = await parseBody(proposal, context);
    selections.check(asked.selection);
    if (asked.decision !== 'approve' && asked.reason === undefined) throw noReason(asked.decision);
    return context.json(await confirmations.propose(asked), 201);
  });
  app.get('/api/confirmations/:id/findings', async (context) => {
    const { page, size } = parse(pageOf, context.req.query());
    const list = confirmations.listOf(context.req.param('id'));
    const query = { filter: SELECTED_KEYS, sort: 'keyArn', descending: false, page, size } as const;
    const { rows, ...counts } = await host.review.page(query, list);
    const findings = await describeRows(host, rows);
    return context.json<FindingsAnswer>({ page, size, ...counts, findings });
  });
  app.post('/api/confirmations/:id', async (context) => {
    const { typed } = await parseBody(typedNumber, context);
    if (!host.approver) throw readOnly();
    const { signal } = context.req.raw;
    const recorded = await confirmations.confirm(context.req.param('id'), typed, host.approver, signal);
    onRecorded();
    return context.json(recorded, 201);
  });
}

export const readOnly = (): WebError =>
  new WebError('read-only', 'This page is for looking only.', 'Start keyturn review without --read-only.');

const noReason = (decision: string): WebError =>
  new WebError('bad-request', `To ${decision} needs a reason.`, 'Say why; it goes on the record.');
