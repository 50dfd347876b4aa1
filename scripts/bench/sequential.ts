import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListResourceTagsCommand,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';

/** The same assessment as a plain loop over the SDK's defaults: what a script does, one call after the other. */
const client = new KMSClient({});
let candidates = 0;
for await (const _ of paginateListAliases({ client }, { Limit: 100 }));
for await (const { Keys = [] } of paginateListKeys({ client }, { Limit: 1000 })) {
  for (const { KeyArn } of Keys) {
    const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: KeyArn }));
    if (key?.KeyManager !== 'CUSTOMER' || key.KeySpec !== 'SYMMETRIC_DEFAULT' || key.Origin !== 'AWS_KMS')
      continue;
    const status = await client.send(new GetKeyRotationStatusCommand({ KeyId: KeyArn }));
    await client.send(new GetKeyPolicyCommand({ KeyId: KeyArn }));
    await client.send(new ListResourceTagsCommand({ KeyId: KeyArn }));
    if (key.KeyState === 'Enabled' && !status.KeyRotationEnabled) candidates += 1;
  }
}
console.log(candidates);
