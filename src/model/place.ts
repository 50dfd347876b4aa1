/** One account in one Region: the unit that is listed, paced and retried. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** `ACCOUNT REGION`: a place as it is named to a person, and found by. */
export const nameOfPlace = ({ account, region }: Place): string => `${account} ${region}`;

export interface KeyArn extends Place {
  readonly partition: string;
  readonly keyId: string;
}

const KEY_ARN = /^arn:([a-z0-9-]+):kms:([a-z0-9-]+):(\d{12}):key\/([A-Za-z0-9-]{1,256})$/;

/** Splits `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`; undefined where the text is not the ARN of a KMS key. */
export function parseKeyArn(arn: string): KeyArn | undefined {
  const [, partition, region, account, keyId] = KEY_ARN.exec(arn) ?? [];
  if (!partition || !region || !account || !keyId) return undefined;
  return { partition, region, account, keyId };
}

/** Whether account, Region and key id are those of the ARN. @param partition of the ARN, if it is known */
export function isNamedByArn(
  { keyArn, keyId, account, region }: { readonly keyArn: string } & Omit<KeyArn, 'partition'>,
  partition?: string,
): boolean {
  const arn = parseKeyArn(keyArn);
  if (!arn || (partition !== undefined && arn.partition !== partition)) return false;
  return arn.keyId === keyId && arn.account === account && arn.region === region;
}
