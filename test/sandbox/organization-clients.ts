import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { AccountSnapshot, Sandbox } from '../../sandbox/index.ts';
import { type Clients, REGION } from './clients.ts';

export const MANAGEMENT = '111122223333';
export const MEMBER = '444455556666';
export const OTHER = '000077778888';
export const ROLE = 'KeyturnAssess';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The access key of a user of an account. */
export const userOf = (account: string): Keys => ({
  accessKeyId: `AKIA${account}TEST`,
  secretAccessKey: 'secret',
});

export const roleArn = (account: string, name = ROLE) => `arn:aws:iam::${account}:role/${name}`;

/** Credentials of a role's session, or the refusal. */
export async function assume(
  { sts }: Clients,
  account = MEMBER,
  more: Partial<AssumeRoleCommandInput> = {},
  as?: Keys,
): Promise<Keys & { readonly expiration: Date }> {
  const { Credentials } = await sts(as).send(
    new AssumeRoleCommand({ RoleArn: roleArn(account), RoleSessionName: 'rollout-1', ...more }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
    expiration: Credentials?.Expiration ?? new Date(0),
  };
}

export interface Wire {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Sent {
  readonly service: string;
  readonly keys?: Keys | undefined;
  readonly region?: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A request without an SDK; the sandbox checks no signature. */
async function sent(url: string, { service, keys, region = 'us-east-1', headers, body }: Sent) {
  const scope = `${keys?.accessKeyId ?? 'AKIATEST'}/20261122/${region}/${service}/aws4_request`;
  return await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      ...(keys?.sessionToken && { 'x-amz-security-token': keys.sessionToken }),
      ...headers,
    },
    body,
  });
}

export async function organizations(
  url: string,
  operation: string,
  input: object = {},
  keys?: Keys,
): Promise<Wire> {
  const response = await sent(url, {
    service: 'organizations',
    keys,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSOrganizationsV20161128.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export async function ec2(
  url: string,
  parameters: Record<string, string>,
  { keys, region = REGION }: { keys?: Keys; region?: string } = {},
): Promise<{ status: number; text: string }> {
  const body = new URLSearchParams({ Action: 'DescribeRegions', Version: '2016-11-15', ...parameters });
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const response = await sent(url, { service: 'ec2', keys, region, headers, body: body.toString() });
  return { status: response.status, text: await response.text() };
}

interface Listed {
  readonly Id: string;
  readonly Name: string;
  readonly State?: string;
  readonly Status?: string;
}

/** All pages of a listing, each as it came. */
export async function pagesOf(
  url: string,
  operation: string,
  field: string,
  input: object = {},
): Promise<Listed[][]> {
  const pages: Listed[][] = [];
  let NextToken: unknown;
  do {
    const { body } = await organizations(url, operation, { ...input, ...(NextToken ? { NextToken } : {}) });
    pages.push(body[field] as Listed[]);
    NextToken = body['NextToken'];
  } while (NextToken !== undefined);
  return pages;
}

export const accountWith = (sandbox: Sandbox, is: (account: AccountSnapshot) => boolean): string =>
  sandbox.accounts().find((account) => account.inOrganization && account.id !== MANAGEMENT && is(account))
    ?.id ?? 'none';
