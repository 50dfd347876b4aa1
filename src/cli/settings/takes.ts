import {
  DECISION,
  KEY_FILE,
  LISTING,
  OFFLINE,
  PAGE,
  REPORT,
  RESUME,
  REVIEW,
  SANDBOX,
  SIGNING,
  TRUST,
} from './command-settings.ts';
import type { OptionsOf } from './setting.ts';
import { ACCESS, ASSESSMENT, CALLER, CHANGES, OUTPUT, RECORD, SCOPE, SIGNED } from './table.ts';

/** What every command accepts; a command's help shows those that it uses. */
export const COMMON = { ...RECORD, ...CALLER, ...OUTPUT };

const { configureRoleName: _, ...READING } = ACCESS;
const { settle, wait } = CHANGES;
const BEGINNING = { ...SCOPE, ...ASSESSMENT, ...ACCESS };

/** The settings that each command takes besides the common ones. */
export const TAKES = {
  assess: { ...BEGINNING, ...RESUME },
  approve: { ...DECISION, ...SIGNING, ...OFFLINE, ...SIGNED },
  review: { ...PAGE, ...REVIEW, ...SIGNING, ...SIGNED },
  configure: { ...CHANGES, ...SIGNED, ...ACCESS },
  validate: { wait, ...READING, ...SIGNED },
  report: { ...REPORT, ...SIGNING },
  verify: TRUST,
  run: { ...BEGINNING, settle, wait, ...SIGNED },
  list: { ...LISTING, ...SIGNED },
  signingKeyCreate: KEY_FILE,
  configCheck: { ...BEGINNING, ...CHANGES, ...SIGNED },
  sandbox: { ...PAGE, ...SANDBOX },
  /** What looks at approvals and takes nothing else: `status`, `rollouts`. */
  status: SIGNED,
  nothing: {},
} as const;

export type CommonOptions = OptionsOf<typeof COMMON>;
/** Whose approvals count. */
export type SignedOptions = Partial<OptionsOf<typeof SIGNED>>;
export type StatusOptions = CommonOptions & SignedOptions;
/** How accounts are reached and how fast, as far as a command takes that. */
export type AccessOptions = CommonOptions &
  Partial<OptionsOf<typeof ACCESS & typeof SIGNED & Pick<typeof SCOPE, 'orgRole' | 'orgProfile'>>>;
type OptionsFor<Command extends keyof typeof TAKES> = CommonOptions & OptionsOf<(typeof TAKES)[Command]>;
/** What `assess` and `run` begin a rollout with. */
export type ScopeOptions = CommonOptions & OptionsOf<typeof BEGINNING> & Partial<OptionsOf<typeof RESUME>>;
/** Also for `run`, which takes none of them. */
export type ApproveOptions = AccessOptions & Partial<OptionsOf<(typeof TAKES)['approve']>>;
export type ReviewOptions = OptionsFor<'review'>;
export type ConfigureOptions = OptionsFor<'configure'>;
export type ValidateOptions = OptionsFor<'validate'>;
export type ReportOptions = OptionsFor<'report'>;
export type VerifyOptions = OptionsFor<'verify'>;
export type RunOptions = OptionsFor<'run'>;
export type ListOptions = OptionsFor<'list'>;
export type SigningKeyOptions = OptionsFor<'signingKeyCreate'>;
export type ConfigCheckOptions = OptionsFor<'configCheck'>;
export type SandboxOptions = OptionsFor<'sandbox'>;
