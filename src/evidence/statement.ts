import canonicalize from 'canonicalize';
import type { Approval } from '../model/approval.ts';

const STATEMENT = 'https://in-toto.io/Statement/v1';

/**
 * What an approver signs: an in-toto statement on the plan, in RFC 8785 form, that holds the whole approval but for who
 * brought it in.
 */
export function approvalStatement({ signature, imported, ...approval }: Approval): string {
  return statement('plan.jsonl', approval.planDigest, 'urn:keyturn:approval:v1', approval);
}

/** What the maker of a bundle signs: an in-toto statement on its manifest, which names all else. */
export function bundleStatement(rollout: string, manifestDigest: string): string {
  return statement('manifest.json', manifestDigest, 'urn:keyturn:evidence:v1', { rollout });
}

function statement(name: string, sha256: string, predicateType: string, predicate: object): string {
  const subject = [{ name, digest: { sha256 } }];
  return canonicalize({ _type: STATEMENT, subject, predicateType, predicate }) ?? '';
}
