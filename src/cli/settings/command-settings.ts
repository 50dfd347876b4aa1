import { DECISIONS } from '../../model/approval.ts';
import { APPROVAL_LIFE_MS } from '../../model/in-force.ts';
import * as kinds from './kinds.ts';
import { group, setting } from './setting.ts';

/** The settings of single commands, one a row: what belongs to one run, and is in no file. */

const MINUTE_MS = 60_000;

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
