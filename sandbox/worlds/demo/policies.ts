export const ACCOUNT = '111122223333';
const PARTNER = '444455556666';

const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
const role = (name: string) => ({ AWS: `arn:aws:iam::${ACCOUNT}:role/${name}` });

const statement = (Sid: string, Principal: object, Action: string | readonly string[]) => ({
  Sid,
  Effect: 'Allow',
  Principal,
  Action,
  Resource: '*',
});

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

const DELEGATION = statement('Enable IAM User Permissions', root(ACCOUNT), 'kms:*');
const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
const ADMINISTER = ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:Enable*', 'kms:Disable*', 'kms:Put*'];

/** Delegates to the account and names an administrator and a user. */
export const administeredBy = (administrator: string, user: string) =>
  policy(
    DELEGATION,
    statement('Administration', role(administrator), ADMINISTER),
    statement('Use', role(user), USE),
  );

/** Lets another account use the key. */
export const sharedWithPartner = () =>
  policy(DELEGATION, statement('Partner may use the key', root(PARTNER), USE));

/** Does not delegate to the account: an IAM policy has no effect on such a key (kms-facts §7.1). */
export const sealedFor = (user: string, ...actions: string[]) =>
  policy(
    statement('Only this role', role(user), 'kms:*'),
    ...(actions.length > 0 ? [statement('The account may', root(ACCOUNT), actions)] : []),
  );
