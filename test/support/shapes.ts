/** What the contract says of the records that `keyturn list … --json` prints. */
export interface Key {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
}

export interface Counts {
  readonly listed: number;
  readonly candidate: number;
  readonly enabled: number;
  readonly ineligible: number;
  readonly unknown: number;
  readonly awsManaged: number;
}

export interface Place extends Counts {
  readonly account: string;
  readonly region: string;
  readonly reconciled: boolean;
}

export interface Failure {
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

export interface Finding extends Key {
  readonly kind: string;
  readonly basis?: string;
  readonly reason?: string;
  readonly explanation: string;
  readonly advice: string;
  readonly rotation: string;
  readonly Description?: string;
  readonly aliases?: readonly string[];
  readonly primaryAlias?: string;
  readonly primaryInScope?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly RotationPeriodInDays?: number;
  readonly gaps: readonly Failure[];
}

export interface Decision extends Key {
  readonly choice: string;
  readonly reason?: string;
}

export interface Outcome extends Key {
  readonly status: string;
  readonly reason?: string;
  readonly explanation?: string;
  readonly attempts: number;
  readonly proof?: string;
  readonly requestId?: string;
  readonly error?: Failure;
  readonly drift: readonly string[];
}

export interface Verdict extends Key {
  readonly kind: string;
  readonly reason?: string;
  readonly differences: readonly { fact: string; expected: string; actual: string }[];
  readonly replicas: readonly { keyArn: string; region: string; kind: string }[];
}

export interface ErrorDocument {
  readonly error: { code: string; message: string; fix: string; problems?: readonly string[] };
}
