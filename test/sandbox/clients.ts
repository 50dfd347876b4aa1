import { AccountClient } from '@aws-sdk/client-account';
import { KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { type KeySettings, type Sandbox, type SandboxSettings, startSandbox } from '../../sandbox/index.ts';

export const REGION = 'eu-central-1';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Real SDK clients of one sandbox; one attempt each, so that a test sees every answer. */
export interface Clients {
  readonly sandbox: Sandbox;
  kms(region?: string, keys?: Keys | string): KMSClient;
  sts(keys?: Keys | string): STSClient;
  account(keys?: Keys): AccountClient;
}

/** A sandbox that ends with the test. */
export async function sandboxWith(settings: SandboxSettings = {}): Promise<Clients> {
  const sandbox = await startSandbox(settings);
  const opened: { destroy(): void }[] = [];
  const keep = <T extends { destroy(): void }>(client: T): T => {
    opened.push(client);
    return client;
  };
  const options = (region: string, keys: Keys | string = 'AKIATEST') => ({
    endpoint: sandbox.url,
    region,
    maxAttempts: 1,
    credentials: typeof keys === 'string' ? { accessKeyId: keys, secretAccessKey: 'secret' } : keys,
  });
  onTestFinished(async () => {
    for (const client of opened) client.destroy();
    await sandbox.close();
  });
  return {
    sandbox,
    kms: (region = REGION, keys) => keep(new KMSClient(options(region, keys))),
    sts: (keys) => keep(new STSClient(options(REGION, keys))),
    account: (keys) => keep(new AccountClient(options('us-east-1', keys))),
  };
}

/** A sandbox with one key, and that key's id. */
export async function sandboxWithKey(key: Partial<KeySettings> = {}, settings: SandboxSettings = {}) {
  const clients = await sandboxWith({ ...settings, keys: [{ region: REGION, ...key }] });
  const [made] = clients.sandbox.keys();
  return { ...clients, keyId: made?.keyId ?? '', arn: made?.arn ?? '' };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** The error of a call, or `undefined` when it succeeded. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (!(error instanceof KMSServiceException)) throw error;
    return { code: error.name, message: error.message, status: error.$metadata.httpStatusCode };
  }
}

interface Wire {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A KMS request without an SDK, to see the bytes of the answer. */
export async function rawKms(
  url: string,
  operation: string,
  input: unknown,
  headers: Record<string, string> = { authorization: signature(REGION) },
): Promise<Wire> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
      ...headers,
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

export const signature = (region: string, accessKey = 'AKIATEST') =>
  `AWS4-HMAC-SHA256 Credential=${accessKey}/20261122/${region}/kms/aws4_request, SignedHeaders=host, Signature=0`;
