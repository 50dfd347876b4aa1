import type { DecisionKind } from '../model/approval.ts';
import type { Said } from './said.ts';

/** What somebody asks for on one key, and where they said it. */
export interface DecisionRequest {
  /** Where it stands, for the message when it is wrong: `line 7`, `item 3`, `--key`. */
  readonly location: string;
  readonly keyArn: string;
  readonly choice: DecisionKind;
  readonly reason?: string;
  /** The plan that the line says it is about. */
  readonly planDigest?: string;
  /** What else it says of the key. */
  readonly said?: Said;
}

/** What a decisions file says, with everything that is wrong with it. */
export interface DecisionsFile {
  readonly requests: readonly DecisionRequest[];
  readonly problems: readonly string[];
}

/** A row of a decisions file: what it asks for, or what is wrong with it. */
export type Row = DecisionRequest | { readonly problem: string };

/** A person mends so many at a time, and a hostile file could have millions. */
const MAX_PROBLEMS = 100;

/** Reads rows until there are more problems than a person is shown. */
export function gatherRows(rows: Iterable<Row>): DecisionsFile {
  const requests: DecisionRequest[] = [];
  const problems: string[] = [];
  for (const row of rows) {
    if (problems.length === MAX_PROBLEMS)
      return { requests, problems: [...problems, 'the rest was not read'] };
    if ('problem' in row) problems.push(row.problem);
    else requests.push(row);
  }
  return { requests, problems };
}
