import { QUOTA_SHARE } from '../../aws/quotas.ts';
import { DECISIONS } from '../../model/approval.ts';
import { DEFAULT_ROLES } from '../../model/default-roles.ts';
import { APPROVAL_LIFE_MS } from '../../model/in-force.ts';
import { DEFAULT_PERIOD } from '../../model/period.ts';
import * as kinds from './kinds.ts';
import { group, setting } from './setting.ts';

/** Every setting, one a row. What a command takes is in takes.ts. */

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

export const RESUME = group('Scope:', {
  resume: setting(kinds.yesNo, {
    flag: '--resume',
    environment: false,
    default: false,
    help: 'Resumption of an interrupted assessment',
  }),
});

export const SIGNING = group('Options:', {
  signWith: setting(kinds.file, {
    flag: '--sign-with <key>',
    help: 'Private key file to sign with (made by keyturn signing-key create)',
  }),
});

export const DECISION = group('Options:', {
  all: setting(kinds.yesNo, {
    flag: '--all',
    environment: false,
    conflicts: ['key', 'from'],
    default: false,
    help: 'Approval of every candidate',
  }),
  key: setting(kinds.keyArns, {
    flag: '--key <arn>',
    environment: false,
    conflicts: ['all', 'from'],
    help: 'Key to approve',
  }),
  from: setting(kinds.file, {
    flag: '--from <file>',
    environment: false,
    conflicts: ['all', 'key'],
    help: `Decisions (${DECISIONS.join(', ')}) in CSV, JSON or YAML; - is standard input`,
  }),
  reason: setting(kinds.text, {
    flag: '--reason <text>',
    environment: false,
    help: 'Reason to record, for decisions that have none of their own',
  }),
  expires: setting(kinds.life, {
    flag: '--expires <duration>',
    default: APPROVAL_LIFE_MS,
    help: 'Lifetime of the approval, like 12h or 7d, at most 366d',
  }),
});

export const OFFLINE = group('Approval without the store and AWS:', {
  plan: setting(kinds.file, {
    flag: '--plan <file>',
    environment: false,
    help: 'Plan to decide on, which plan export wrote',
  }),
  out: setting(kinds.file, {
    flag: '--out <file>',
    environment: false,
    help: 'New file for the approval; only with --plan',
  }),
  import: setting(kinds.file, {
    flag: '--import <file>',
    environment: false,
    conflicts: ['all', 'key', 'from', 'plan', 'out', 'signWith', 'reason', 'expires'],
    help: 'Approval to record, which was made with --plan',
  }),
  trust: setting(kinds.files, {
    flag: '--trust <keys>',
    environment: false,
    help: 'Public key file, one key or more: requires a signature by one of them; only with --import',
  }),
});

export const PAGE = group('Options:', {
  port: setting(kinds.port, {
    flag: '--port <n>',
    environment: false,
    default: 0,
    help: 'Port, 0 to 65535; 0 is any free port',
  }),
});

export const REVIEW = group('Options:', {
  open: setting(kinds.yesNo, {
    flag: '--no-open',
    default: true,
    help: 'No opening of a browser; the link is printed in any case',
  }),
  readOnly: setting(kinds.yesNo, {
    flag: '--read-only',
    default: false,
    help: 'Read-only page, without calls to AWS',
  }),
  idle: setting(kinds.duration, {
    flag: '--idle <duration>',
    default: 30 * MINUTE_MS,
    help: 'Time without a request after which the page ends',
  }),
});

export const REPORT = group('Options:', {
  out: setting(kinds.directory, {
    flag: '--out <dir>',
    environment: false,
    isRequired: true,
    help: 'Directory to write to: new, empty, or with an earlier report',
  }),
});

export const TRUST = group('Options:', {
  trustApprover: setting(kinds.files, {
    flag: '--trust-approver <keys>',
    environment: false,
    help: "Public key file of approvers: requires an approver's signature on each approval",
  }),
  trustMaker: setting(kinds.files, {
    flag: '--trust-maker <keys>',
    environment: false,
    help: "Public key file of makers: requires a maker's signature on the bundle",
  }),
  trust: setting(kinds.files, {
    flag: '--trust <keys>',
    environment: false,
    help: 'Public key file trusted in either role',
  }),
});

export const LISTING = group('Options:', {
  finding: setting(kinds.text, {
    flag: '--finding <kind>',
    environment: false,
    help: 'Findings of one kind',
  }),
  filter: setting(kinds.text, {
    flag: '--filter <expression>',
    environment: false,
    help: 'Findings for which a JMESPath expression is true',
  }),
  decision: setting(kinds.text, {
    flag: '--decision <kind>',
    environment: false,
    help: 'Decisions of one kind',
  }),
  outcome: setting(kinds.text, {
    flag: '--outcome <kind>',
    environment: false,
    help: 'Outcomes of one kind',
  }),
  verdict: setting(kinds.text, {
    flag: '--verdict <kind>',
    environment: false,
    help: 'Verdicts of one kind',
  }),
  csv: setting(kinds.yesNo, {
    flag: '--csv',
    environment: false,
    default: false,
    help: 'CSV instead of a table',
  }),
});

export const KEY_FILE = group('Options:', {
  passphrase: setting(kinds.yesNo, {
    flag: '--passphrase',
    environment: false,
    default: false,
    help: 'Encryption of the private key with a passphrase, which is asked for',
  }),
});

export const SANDBOX = group('Options:', {
  settings: setting(kinds.file, {
    flag: '--settings <file>',
    environment: false,
    help: 'JSON file of settings; see docs/sandbox.md',
  }),
  world: setting(kinds.text, {
    flag: '--world <name>',
    environment: false,
    otherwise: 'empty',
    help: 'Keys that exist at the start: demo or empty',
  }),
});
