import { QUOTA_SHARE } from '../../aws/quotas.ts';
import { DEFAULT_ROLES } from '../../model/default-roles.ts';
import { DEFAULT_PERIOD } from '../../model/period.ts';
import * as kinds from './kinds.ts';
import { group, setting } from './setting.ts';

/** The settings of a team and of every command, one a row. Those of single commands are in command-settings.ts, and what a command takes is in takes.ts. */

const COMMON = 'Options of every command:';
const MINUTE_MS = 60_000;

export const RECORD = group(COMMON, {
  store: setting(kinds.directory, {
    flag: '--store <dir>',
    yaml: 'store',
    default: '.keyturn',
    help: 'Directory of the store, which holds the record',
  }),
  rollout: setting(kinds.text, {
    flag: '--rollout <id>',
    otherwise: 'the newest one',
    help: 'Rollout ID, or the beginning of one',
  }),
});

export const CALLER = group(COMMON, {
  profile: setting(kinds.profiles, {
    flag: '--profile <name>',
    yaml: 'profile',
    otherwise: 'what the AWS environment says',
    help: 'AWS profile; several profiles each cover their own account',
  }),
  config: setting(kinds.file, {
    flag: '--config <file>',
    otherwise: 'keyturn.yaml, if it exists',
    help: 'Settings file of the team',
  }),
});

export const OUTPUT = group(COMMON, {
  json: setting(kinds.yesNo, {
    flag: '--json',
    default: false,
    help: 'One JSON document as output; JSON Lines for list',
  }),
  color: setting(kinds.yesNo, { flag: '--no-color', default: true, help: 'No colors' }),
  quiet: setting(kinds.yesNo, { flag: '--quiet', default: false, help: 'No progress' }),
});

export const SCOPE = group('Scope:', {
  region: setting(kinds.regionsOrAll, {
    flag: '--region <name>',
    yaml: 'regions',
    conflicts: ['allRegions'],
    otherwise: 'the configured Region',
    help: 'Region to assess',
  }),
  allRegions: setting(kinds.yesNo, {
    flag: '--all-regions',
    conflicts: ['region'],
    default: false,
    help: 'Every Region that the account has enabled',
  }),
  excludeRegion: setting(kinds.regions, {
    flag: '--exclude-region <name>',
    yaml: 'excludeRegions',
    help: 'Region to leave out',
  }),
  org: setting(kinds.yesNo, {
    flag: '--org',
    yaml: 'organization',
    default: false,
    help: 'Every active account of the organization',
  }),
  account: setting(kinds.accounts, {
    flag: '--account <id>',
    yaml: 'accounts',
    otherwise: "the caller's account",
    help: 'Account to assess',
  }),
  ou: setting(kinds.units, {
    flag: '--ou <id>',
    yaml: 'organizationalUnits',
    help: 'Organizational unit: its active accounts, and those of the units below it',
  }),
  excludeAccount: setting(kinds.accounts, {
    flag: '--exclude-account <id>',
    yaml: 'excludeAccounts',
    help: 'Account to leave out',
  }),
  excludeOu: setting(kinds.units, {
    flag: '--exclude-ou <id>',
    yaml: 'excludeOrganizationalUnits',
    help: 'Organizational unit to leave out, with the units below it',
  }),
  orgRole: setting(kinds.roleArn, {
    flag: '--org-role <arn>',
    yaml: 'organizationRole',
    conflicts: ['orgProfile'],
    otherwise: 'the caller',
    help: 'Role to assume to list the accounts of the organization',
  }),
  orgProfile: setting(kinds.profile, {
    flag: '--org-profile <name>',
    yaml: 'organizationProfile',
    conflicts: ['orgRole'],
    otherwise: 'the caller',
    help: 'AWS profile to list the accounts of the organization',
  }),
  filter: setting(kinds.text, {
    flag: '--filter <expression>',
    yaml: 'filter',
    otherwise: 'every finding',
    help: 'JMESPath expression: which findings are shown and can be approved',
  }),
});

export const ASSESSMENT = group('What is read and proposed:', {
  period: setting(kinds.period, {
    flag: '--period <days>',
    yaml: 'period',
    default: DEFAULT_PERIOD,
    help: 'Days between rotations, 90 to 2560',
  }),
  policies: setting(kinds.yesNo, {
    flag: '--no-policies',
    yaml: 'policies',
    default: true,
    help: 'No reading of key policies',
    yamlHelp: 'Reading of key policies',
  }),
  tags: setting(kinds.yesNo, {
    flag: '--no-tags',
    yaml: 'tags',
    default: true,
    help: 'No reading of tags',
    yamlHelp: 'Reading of tags',
  }),
  rotations: setting(kinds.yesNo, {
    flag: '--no-rotations',
    yaml: 'rotations',
    default: true,
    help: 'No reading of past rotations of candidates; costs are shown as the highest possible',
    yamlHelp: 'Reading of past rotations of candidates',
  }),
  lastUsage: setting(kinds.yesNo, {
    flag: '--last-usage',
    yaml: 'lastUsage',
    default: false,
    help: 'Last use of each candidate, read at 5 keys a second in each account and Region',
  }),
  maxPeriod: setting(kinds.count, {
    flag: '--max-period <days>',
    yaml: 'maxPeriod',
    otherwise: 'no limit',
    help: 'Longest period in days; enabled keys with a longer one are pointed out',
  }),
  rotationPrice: setting(kinds.price, {
    flag: '--rotation-price <amount>',
    yaml: 'rotationPrice',
    otherwise: 'the price that AWS publishes',
    help: 'Monthly price of a rotation, like 1 or "7.5 CNY"',
  }),
});

export const ACCESS = group('Access:', {
  roleName: setting(kinds.roleName, {
    flag: '--role-name <name>',
    yaml: 'roleName',
    otherwise: DEFAULT_ROLES.assess,
    help: 'Role to assume in each account for reading',
  }),
  configureRoleName: setting(kinds.roleName, {
    flag: '--configure-role-name <name>',
    yaml: 'configureRoleName',
    otherwise: DEFAULT_ROLES.configure,
    help: 'Role to assume in each account for changes',
  }),
  externalId: setting(kinds.externalId, {
    flag: '--external-id <id>',
    yaml: 'externalId',
    help: "External ID that the roles' trust policies require",
  }),
  sourceIdentity: setting(kinds.sourceIdentity, {
    flag: '--source-identity <name>',
    yaml: 'sourceIdentity',
    help: "Source identity to set, which the roles' trust policies must allow",
  }),
  pace: setting(kinds.share, {
    flag: '--pace <share>',
    yaml: 'pace',
    default: QUOTA_SHARE,
    help: 'Share of each published AWS quota to use, above 0 and at most 1',
  }),
});

export const CHANGES = group('Changes:', {
  limit: setting(kinds.count, {
    flag: '--limit <n>',
    yaml: 'limit',
    otherwise: 'no limit',
    help: 'Maximum number of changes in this run',
  }),
  maxFailures: setting(kinds.count, {
    flag: '--max-failures <n>',
    yaml: 'maxFailures',
    otherwise: 'no limit',
    help: 'Number of failed changes that stops the run',
  }),
  waves: setting(kinds.waves, {
    flag: '--waves <sizes>',
    yaml: 'waves',
    otherwise: 'one wave, not validated',
    help: 'Sizes of waves, like 5,50,rest; each is validated before the next',
  }),
  settle: setting(kinds.duration, {
    flag: '--settle <duration>',
    yaml: 'settle',
    default: MINUTE_MS,
    otherwise: '60s',
    help: 'Time to read back an unanswered change before it is called again',
  }),
  wait: setting(kinds.duration, {
    flag: '--wait <duration>',
    yaml: 'wait',
    default: 10 * MINUTE_MS,
    help: 'Time after its change for a key to show it, when it is validated',
  }),
  dryRun: setting(kinds.yesNo, {
    flag: '--dry-run',
    default: false,
    help: 'Fresh checks only, without changes',
  }),
});

export const SIGNED = group('Approvals that count:', {
  requireSigned: setting(kinds.required, {
    flag: '--require-signed',
    yaml: 'requireSigned',
    default: false,
    help: 'Only approvals that a trusted approver signed',
  }),
  trustApprover: setting(kinds.files, {
    flag: '--trust-approver <keys>',
    yaml: 'trustedApprovers',
    help: 'File with public keys of trusted approvers',
  }),
});
