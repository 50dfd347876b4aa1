import type { DecisionKind } from '../../src/model/approval.ts';
import type { SelectionChange } from '../../src/model/review.ts';
import type { Filter, GroupProperty, Property } from '../../src/model/review-words.ts';
import type {
  ConfirmationAnswer,
  ErrorAnswer,
  FindingAnswer,
  FindingsAnswer,
  GroupsAnswer,
  Overview,
  RecordedAnswer,
  SelectionAnswer,
} from '../../src/web/shapes.ts';
import { secret } from './secret.ts';

/** What the server refused, in its words. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string;
  readonly problems: readonly string[];

  constructor(status: number, { error }: ErrorAnswer) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.fix = error.fix;
    this.problems = error.problems ?? [];
  }
}

export interface ListQuery {
  readonly filter: Filter;
  readonly sort: Property;
  readonly descending: boolean;
  readonly page: number;
  readonly size: number;
  readonly selection: string;
}

/** What the page shows first, asked for while the page is still being put together. */
const ahead = new Map<string, Promise<unknown>>();

export function askAhead(query: ListQuery): void {
  for (const url of [findingsUrl(query), urlOf('overview')]) {
    const asked = ask(url);
    // Whoever takes it up hears of what went wrong.
    asked.catch(() => {});
    ahead.set(url, asked);
  }
}

export const readOverview = (): Promise<Overview> => get('overview');

const findingsUrl = ({ filter, descending, ...rest }: ListQuery): string =>
  urlOf('findings', { ...rest, order: descending ? 'desc' : 'asc', filter: JSON.stringify(filter) });

export const readFindings = (query: ListQuery): Promise<FindingsAnswer> => read(findingsUrl(query));

export const readGroups = (by: GroupProperty, filter: Filter, selection: string): Promise<GroupsAnswer> =>
  get('groups', { by, selection, filter: JSON.stringify(filter) });

export const readFinding = (keyArn: string): Promise<FindingAnswer> => get('finding', { keyArn });

export const openSelection = (): Promise<SelectionAnswer> => post('selections', {});

export const readSelection = (id: string): Promise<SelectionAnswer> => get(`selections/${id}`);

export const changeSelection = (id: string, change: SelectionChange): Promise<SelectionAnswer> =>
  post(`selections/${id}/changes`, change);

export interface Proposal {
  readonly selection: string;
  readonly decision: DecisionKind;
  readonly reason?: string;
  readonly lifeMs?: number;
}

export const propose = (proposal: Proposal): Promise<ConfirmationAnswer> => post('confirmations', proposal);

export const readConfirmed = (id: string, page: number, size: number): Promise<FindingsAnswer> =>
  get(`confirmations/${id}/findings`, { page, size });

export const confirm = (id: string, typed: string): Promise<RecordedAnswer> =>
  post(`confirmations/${id}`, { typed });

export const endReview = (): Promise<unknown> => post('end', {});

type Words = Readonly<Record<string, string | number>>;

const get = <T>(path: string, words?: Words): Promise<T> => read(urlOf(path, words));

function urlOf(path: string, words: Words = {}): string {
  const query = new URLSearchParams(Object.entries(words).map(([name, value]) => [name, String(value)]));
  return `/api/${path}${query.size > 0 ? `?${query}` : ''}`;
}

function read<T>(url: string): Promise<T> {
  const asked = ahead.get(url);
  ahead.delete(url);
  return (asked as Promise<T> | undefined) ?? ask<T>(url);
}

function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(`/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-keyturn-csrf': secret() ?? '' },
    body: JSON.stringify(body),
  });
}

async function ask<T>(path: string, request?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...request, credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Refusal(0, {
      error: {
        code: 'gone',
        message: 'Keyturn does not answer.',
        fix: 'Start keyturn review again.',
      },
    });
  }
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refusal(response.status, answer as ErrorAnswer);
  return answer as T;
}
