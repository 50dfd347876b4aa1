/** A file of its own: what is loaded by its name alone is bundled whole, and this package has a thousand commands. */
export { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
