/** An answer other than success, as AWS words it (kms-facts §3). */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further fields of the answer. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.fields = fields;
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

/** KMS says what to do about it; the other services say no more than this. */
export const throttled = (service: string) =>
  new AwsError(
    'ThrottlingException',
    service === 'kms'
      ? 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.'
      : 'Rate exceeded',
  );

/** Who may not do what, in AWS's own form (kms-facts §7.4); some services say no more. */
export const notAuthorized = (caller: string, action: string, resource: string, because = '') =>
  new AwsError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}${because}`,
  );

/** … and which kind of policy says so. */
export const accessDenied = (
  caller: string,
  action: string,
  resource: string,
  policy: 'resource' | 'identity',
) =>
  notAuthorized(caller, action, resource, ` because no ${policy}-based policy allows the ${action} action`);

export const deniedByScp = (caller: string, action: string, resource: string) =>
  notAuthorized(caller, action, resource, ' with an explicit deny in a service control policy');
