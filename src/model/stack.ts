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

/** What becomes of a change that the stack's template does not know, and what to do about it; raw text. */
export function describeStack({ name, logicalId }: Stack): string {
  const where = logicalId === undefined ? 'on the key in its template' : `on ${logicalId}`;
  return `The next update of stack ${name} may turn this off again: set EnableKeyRotation: true ${where}.`;
}
