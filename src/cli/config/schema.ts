import { InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { MAXIMUM_PERIOD, MINIMUM_PERIOD } from '../../model/period.ts';
import {
  collectAccount,
  collectRegion,
  collectUnit,
  parseCountFromOne,
  parseDuration,
  parseExternalId,
  parsePeriod,
  parseRoleArn,
  parseRoleName,
  parseShare,
  parseSourceIdentity,
  parseWaves,
  SHAPE,
} from '../options.ts';

/** The keys of `keyturn.yaml`. Each value is held against the rule of its flag, so that both say the same. */

/** Runs a flag's parser over a value; what it throws is the problem. */
function asFlag<T>(parse: (value: string) => T) {
  return (value: string | number, context: z.RefinementCtx): T => {
    try {
      return parse(String(value));
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

const quoteIt: z.core.$ZodErrorMap = ({ input }) =>
  typeof input === 'number' || typeof input === 'boolean'
    ? 'It has to be text: write it in quotes.'
    : 'It has to be text.';
const quoteAccount: z.core.$ZodErrorMap = ({ input }) =>
  typeof input === 'number'
    ? 'Write the account id in quotes, like "012345678901": YAML would drop a leading zero.'
    : 'Write an account id in quotes: 12 digits.';

const text = z.string({ error: quoteIt }).min(1, 'It is empty; write a value, or leave the key out.');
const item = (collect: (value: string) => string[], error = quoteIt) =>
  z.string({ error }).transform(asFlag((value) => collect(value)[0] ?? value));
const word = (parse: (value: string) => string, shape: RegExp) =>
  z.string({ error: quoteIt }).transform(asFlag(parse)).meta({ pattern: shape.source });
const number = z.number('It has to be a number, without quotes.');
const yesOrNo = z.boolean('It has to be true or false.');

const region = item(collectRegion).meta({ pattern: SHAPE.region.source });
const account = item(collectAccount, quoteAccount).meta({ pattern: SHAPE.account.source });
const unit = item(collectUnit).meta({ pattern: SHAPE.unit.source });
const duration = z
  .string('Write a duration like 30s, 10m or 2h.')
  .transform(asFlag(parseDuration))
  .meta({ pattern: SHAPE.duration.source });
const count = number.transform(asFlag(parseCountFromOne)).meta({ type: 'integer', minimum: 1 });

const listOf = <T extends z.ZodType>(each: T, said: string) =>
  z.array(each, said).min(1, 'Name at least one, or leave the key out.');
const regions = listOf(region, 'Write a list of Regions, like [eu-central-1], or the word all.');
const accounts = listOf(account, 'Write a list of account ids in quotes, like ["012345678901"].');

const profiles = listOf(
  text,
  'Write the name of a profile, or a list of names, like [audit, billing].',
).transform((names) => [...new Set(names)]);

export const configSchema = z.strictObject({
  store: text.optional().describe('Directory where the record is kept, from the working directory.'),
  profile: z
    .union([text, profiles])
    .optional()
    .describe('AWS profile, or a list of them, each for the account that it is of.'),
  regions: z
    .union([z.literal('all'), regions])
    .optional()
    .describe('Regions to look at, or the word all: every Region that an account has enabled.'),
  excludeRegions: listOf(region, 'Write a list of Regions, like [eu-south-1].')
    .optional()
    .describe('Regions to leave out.'),
  organization: yesOrNo.optional().describe('Every active account of the organization.'),
  accounts: accounts.optional().describe('Accounts to look at, in quotes.'),
  organizationalUnits: listOf(unit, 'Write a list of ids, like [ou-ab12-cdef3456].')
    .optional()
    .describe('The active accounts under these organizational units.'),
  excludeAccounts: accounts.optional().describe('Accounts to leave out, in quotes.'),
  excludeOrganizationalUnits: listOf(unit, 'Write a list of ids, like [ou-ab12-cdef3456].')
    .optional()
    .describe('Organizational units to leave out, with all that is under them.'),
  organizationRole: word(parseRoleArn, SHAPE.roleArn)
    .optional()
    .describe('ARN of the role to assume for listing the accounts of the organization.'),
  organizationProfile: text.optional().describe('AWS profile for listing the accounts of the organization.'),
  roleName: word(parseRoleName, SHAPE.role)
    .optional()
    .describe('Role to assume in each account for reading.'),
  configureRoleName: word(parseRoleName, SHAPE.role)
    .optional()
    .describe('Role to assume in each account for changes.'),
  externalId: word(parseExternalId, SHAPE.externalId)
    .optional()
    .describe("External id that the roles' trust policies ask for."),
  sourceIdentity: word(parseSourceIdentity, SHAPE.sourceIdentity)
    .optional()
    .describe('Source identity to set; the trust policies have to allow it.'),
  pace: number
    .transform(asFlag(parseShare))
    .meta({ exclusiveMinimum: 0, maximum: 1 })
    .optional()
    .describe('Share of each published quota to take; 1 is all of it.'),
  period: number
    .transform(asFlag(parsePeriod))
    .meta({ type: 'integer', minimum: MINIMUM_PERIOD, maximum: MAXIMUM_PERIOD })
    .optional()
    .describe('Days between rotations.'),
  policies: yesOrNo.optional().describe('Whether key policies are read.'),
  tags: yesOrNo.optional().describe('Whether tags are read.'),
  rotations: yesOrNo.optional().describe('Whether the past rotations of candidates are read.'),
  lastUsage: yesOrNo.optional().describe('Whether it is asked when candidates were last used.'),
  maxPeriod: count.optional().describe('Days; keys that are on with a longer period are pointed out.'),
  rotationPrice: z
    .string({ error: 'Write it in quotes, like "1.5" or "7.5 CNY".' })
    .regex(SHAPE.price, 'Write an amount like "1.5", or with its currency like "7.5 CNY".')
    .optional()
    .describe('What a rotation adds to the bill of a key a month, where it is not what AWS publishes.'),
  where: text.optional().describe('Narrows the findings that are shown and can be approved: JMESPath.'),
  settle: duration
    .optional()
    .describe('How long an unanswered change is read back before it is called again.'),
  wait: duration.optional().describe('How long after its change a key gets to show it.'),
  limit: count.optional().describe('Make at most so many changes in one run.'),
  maxFailures: count.optional().describe('Stop once so many changes have failed.'),
  waves: z
    .string({ error: quoteIt })
    .transform(asFlag(parseWaves))
    .optional()
    .describe('Changes in waves, each validated before the next: "5,50,rest".'),
  requireSigned: yesOrNo
    .optional()
    .describe('Whether a change needs an approval that one of trustedApprovers signed.'),
  trustedApprovers: listOf(text, 'Write a list of files of public keys, like [keys/alice.pub].')
    .optional()
    .describe('Files of the public keys of approvers, from the working directory.'),
});

export type ConfigValues = z.infer<typeof configSchema>;
export type ConfigKey = keyof ConfigValues;
