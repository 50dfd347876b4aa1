/** What a verification can find, as stable codes: docs/evidence-format.md says what each means. */
export const EVIDENCE_CODES = [
  'evidence-manifest',
  'evidence-file-missing',
  'evidence-file-changed',
  'evidence-file-extra',
  'evidence-chain',
  'evidence-entry',
  'evidence-head',
  'evidence-findings',
  'evidence-plan',
  'evidence-approval',
  'evidence-unapproved-change',
  'evidence-outcome',
  'evidence-verdict',
  'evidence-report',
  'evidence-signature',
  'evidence-untrusted',
] as const;
export type EvidenceCode = (typeof EVIDENCE_CODES)[number];

/** The evidence is not what Keyturn makes: somebody or something changed it. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceCode;
  /** The file, with its line where there is one. */
  readonly where: string;

  constructor(code: EvidenceCode, where: string, message: string) {
    super(message);
    this.code = code;
    this.where = where;
  }
}
