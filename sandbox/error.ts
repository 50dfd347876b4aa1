/** An answer other than success, as AWS words it (kms-facts §3). */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

export const validation = (message: string) => new AwsError('ValidationException', message);

/** The form in which AWS reports a constraint of its model. */
export const constraint = (field: string, value: unknown, rule: string) =>
  validation(
    `1 validation error detected: Value ${value === undefined ? 'null' : `'${value}'`} at '${field}' failed to satisfy constraint: ${rule}`,
  );

export const notFound = (arn: string) => new AwsError('NotFoundException', `Key '${arn}' does not exist`);
export const invalidKeyId = (keyId: string) => new AwsError('NotFoundException', `Invalid keyId '${keyId}'`);
export const disabled = (arn: string) => new AwsError('DisabledException', `${arn} is disabled.`);
export const unsupported = (message = '') => new AwsError('UnsupportedOperationException', message);
export const invalidState = (message: string) => new AwsError('KMSInvalidStateException', message);
export const throttled = () => new AwsError('ThrottlingException', 'Rate exceeded');

/** Who may not do what, and which kind of policy says so: AWS's own form (kms-facts §7.4). */
export function accessDenied(
  caller: string,
  operation: string,
  resource: string,
  policy: 'resource' | 'identity',
): AwsError {
  const action = `kms:${operation}`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} because no ${policy}-based policy allows the ${action} action`,
  );
}
