import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/index.ts';
import { sandboxWithKey } from './clients.ts';

/** One call of KMS without a client that has bounds of its own. */
async function ask(fault: FaultRule, operation: string, signal?: AbortSignal) {
  const { sandbox } = await sandboxWithKey({}, { faults: [fault] });
  const answer = await fetch(sandbox.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
      'accept-encoding': 'identity',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: '{}',
    ...(signal && { signal }),
  });
  return { sandbox, answer };
}

it('flood: as many bytes as were asked for, compressed or not', async () => {
  const { answer } = await ask({ kind: 'flood', bytes: 200_000 }, 'ListKeys');
  const text = await answer.text();
  expect(text).toHaveLength(200_000);
  expect(JSON.parse(text)).toEqual({});
});

it('flood with gzip: a small body that becomes a large one', async () => {
  const { answer } = await ask({ kind: 'flood', bytes: 1_000_000, gzip: true }, 'ListKeys');
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).length).toBe(1_000_000);
});

it('deep: lists in lists', async () => {
  const { answer } = await ask({ kind: 'deep', levels: 100 }, 'DescribeKey');
  expect(await answer.text()).toBe(`{"KeyId":${'['.repeat(100)}${']'.repeat(100)}}`);
});

it('endless: each empty page leads to another one by a new marker', async () => {
  const markers = new Set<unknown>();
  for (let page = 0; page < 3; page += 1) {
    const { answer } = await ask({ kind: 'endless' }, 'ListKeys');
    const { Keys, Truncated, NextMarker } = (await answer.json()) as Record<string, unknown>;
    expect({ Keys, Truncated }).toEqual({ Keys: [], Truncated: true });
    markers.add(NextMarker);
  }
  expect(markers.size).toBe(3);
});

it('drip: bytes come, and no end; it is over when the client gives up', async () => {
  const giveUp = new AbortController();
  const { answer, sandbox } = await ask({ kind: 'drip', everyMs: 5 }, 'ListKeys', giveUp.signal);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  for (let count = 0; count < 3; count += 1) expect((await reader.read()).done).toBe(false);
  expect(sandbox.log[0]?.endedAt).toBeUndefined();
  giveUp.abort();
  await expect.poll(() => sandbox.log[0]?.endedAt).toBeTypeOf('number');
});
