import type { Where } from '../approve/where.ts';
import { KeyturnError } from '../messages/error.ts';
import type { Finding, FindingKind } from '../model/finding.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import type { Store } from './ports.ts';

/**
 * Which findings of a rollout are shown and can be decided on: all, or those that its `where` names.
 * @throws KeyturnError `input-argument` where that is no JMESPath expression
 */
export async function whereOf({ scope }: { scope: { where?: string | undefined } }): Promise<Where> {
  if (scope.where === undefined) return () => true;
  const { compileWhere } = await import('../approve/where.ts');
  try {
    return compileWhere(scope.where);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new KeyturnError(
      'input-argument',
      `--where is no JMESPath expression: ${said}.`,
      "Write one like: tags.Environment=='prod' && region=='eu-west-1' (text in single quotes).",
      { cause },
    );
  }
}

/** The findings of one kind that a person is shown, in the order of ARNs. */
export async function* shownFindings(
  store: Store,
  rollout: AssessedRollout,
  kind: FindingKind,
): AsyncGenerator<Finding> {
  const isShown = await whereOf(rollout);
  for await (const finding of store.findings(rollout.id, { finding: kind }))
    if (isShown(finding)) yield finding;
}
