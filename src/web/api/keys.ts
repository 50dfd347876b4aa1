import type { Hono } from 'hono';
import * as z from 'zod';
import { parseKeyArn } from '../../model/place.ts';
import { filter, LARGEST_PAGE } from '../../model/review.ts';
import { EVERY_KEY, GROUPS, PROPERTIES } from '../../model/review-words.ts';
import { WebError } from '../error.ts';
import { factsOf } from '../facts.ts';
import type { ReviewHost } from '../host.ts';
import { parse, parseJson } from '../parse.ts';
import { describeRows } from '../rows.ts';
import type { FindingAnswer, FindingsAnswer, GroupsAnswer } from '../shapes.ts';

const number = (otherwise: number, largest: number) =>
  z.coerce.number().int().min(1).max(largest).default(otherwise);

const listQuery = z.object({
  filter: filter.default(EVERY_KEY),
  sort: z.enum(PROPERTIES).default('keyArn'),
  order: z.enum(['asc', 'desc']).default('asc'),
  page: number(1, 1_000_000),
  size: number(50, LARGEST_PAGE),
  selection: z.string().max(100).default(''),
});

const groupQuery = listQuery.pick({ filter: true, selection: true }).extend({ by: z.enum(GROUPS) });

/** Keys in pages, in groups, and one by one; all of them reading. */
export function addKeys(app: Hono, host: ReviewHost): void {
  const { review, store, rollout } = host;
  app.get('/api/findings', async (context) => {
    const query = parse(listQuery, queryOf(context.req.query()));
    const { selection, order, ...rest } = query;
    const { rows, ...counts } = await review.page({ ...rest, descending: order === 'desc' }, selection);
    const findings = await describeRows(host, rows);
    return context.json<FindingsAnswer>({ page: query.page, size: query.size, ...counts, findings });
  });

  app.get('/api/groups', async (context) => {
    const { by, filter: wanted, selection } = parse(groupQuery, queryOf(context.req.query()));
    return context.json<GroupsAnswer>({ by, groups: await review.groups(by, wanted, selection) });
  });

  app.get('/api/finding', async (context) => {
    const keyArn = context.req.query('keyArn') ?? '';
    const found = parseKeyArn(keyArn) && (await store.finding(rollout.id, keyArn));
    if (!found)
      throw new WebError('not-found', 'There is no such key in this plan.', 'Look through the list.');
    return context.json<FindingAnswer>({ finding: found, facts: factsOf(found, rollout) });
  });
}

const queryOf = (query: Record<string, string>): Record<string, unknown> => ({
  ...query,
  ...('filter' in query && { filter: parseJson('filter', query['filter']) }),
});
