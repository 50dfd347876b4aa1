import type { Sandbox } from '../../sandbox/index.ts';

/** Calls KMS as somebody else would, without an SDK. Throws where KMS refuses. */
export async function callKms(
  { url }: Pick<Sandbox, 'url'>,
  region: string,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIASOMEBODY/20261123/${region}/kms/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

export const createKey = (sandbox: Pick<Sandbox, 'url'>, region: string, input: object = {}) =>
  callKms(sandbox, region, 'CreateKey', input);
