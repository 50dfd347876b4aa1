/** The CloudFormation stack that a key is a resource of, as CloudFormation's own tags say. */
export interface Stack {
  readonly name: string;
  /** ARN. */
  readonly id?: string;
  /** The key's name within the stack's template. */
  readonly logicalId?: string;
}

/**
 * Reads the tags that CloudFormation puts on what it makes. Nobody else can set them: names that begin with `aws:` are
 * AWS's own.
 */
export function stackOf(tags: Readonly<Record<string, string>> | undefined): Stack | undefined {
  const id = tags?.['aws:cloudformation:stack-id'];
  const logicalId = tags?.['aws:cloudformation:logical-id'];
  const name = tags?.['aws:cloudformation:stack-name'] ?? id;
  if (name === undefined) return undefined;
  return { name, ...(id !== undefined && { id }), ...(logicalId !== undefined && { logicalId }) };
}

/** The period that a template should name: the one proposed, else the one in force. */
interface Periods {
  readonly proposed?: { readonly RotationPeriodInDays: number } | undefined;
  readonly RotationPeriodInDays?: number | undefined;
}

/**
 * What CloudFormation may do to a change that the stack's template does not know, and what to do about it
 * (kms-facts §13.6): it compares templates, never the live key. Raw text.
 */
export function describeStack(
  { name, logicalId }: Stack,
  { proposed, RotationPeriodInDays }: Periods,
): string {
  const period = proposed?.RotationPeriodInDays ?? RotationPeriodInDays ?? 'the period in days';
  const where = logicalId === undefined ? 'on the key' : `on ${logicalId}`;
  return (
    `An ordinary update of stack ${name} keeps this setting. Removing EnableKeyRotation: true from the template or a ` +
    `REVERT_DRIFT change set turns rotation off. Set EnableKeyRotation: true and RotationPeriodInDays: ${period} ` +
    `${where} in the template. Applying them restarts the period, so run keyturn validate first.`
  );
}
