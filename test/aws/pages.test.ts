import { describe, expect, it } from 'vitest';
import { eachPage } from '../../src/aws/pages.ts';
import type { Answer } from '../../src/workflow/ports.ts';

interface Page {
  readonly entries: number;
  readonly next?: string;
}

/** Takes pages that `page` makes by their number. */
async function take(page: (number: number) => Page, most = 1000, aPage = 10) {
  let pages = 0;
  const fetch = async (): Promise<Answer<Page>> => {
    pages += 1;
    return { ok: true, value: page(pages), at: '2026-01-01T00:00:00.000Z' };
  };
  const next = ({ next }: Page) => next;
  const answer = await eachPage({
    operation: 'ListKeys',
    most,
    aPage,
    fetch,
    next,
    take: ({ entries }) => entries,
  });
  return { answer, pages };
}

const broken = (message: RegExp) => ({
  ok: false,
  failure: {
    operation: 'ListKeys',
    kind: 'malformed-answer',
    code: 'BrokenPagination',
    message: expect.stringMatching(message),
  },
});

describe('pages', () => {
  it('end when the listing has more than there can be', async () => {
    const { answer, pages } = await take((n) => ({ entries: 10, next: `m${n}` }));
    expect(answer).toMatchObject(broken(/more than 1000 entries/));
    expect(pages).toBe(101);
  });

  it('of one entry end when there are three times as many as it takes', async () => {
    const { answer, pages } = await take((n) => ({ entries: 1, next: `m${n}` }));
    expect(answer).toMatchObject(broken(/does not end after 300 pages/));
    expect(pages).toBe(300);
  });

  it('of nothing end, however new their markers', async () => {
    const { answer, pages } = await take((n) => ({ entries: 0, next: `m${n}` }), 100_000);
    expect(answer).toMatchObject(broken(/500 empty pages/));
    expect(pages).toBe(500);
  });

  it('that are half full, empty or one entry are taken if they end', async () => {
    const { answer } = await take((n) => ({ entries: n % 10, ...(n < 200 && { next: `m${n}` }) }));
    expect(answer.ok).toBe(true);
  });
});
