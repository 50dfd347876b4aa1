import type { FindingFilter } from '../../approve/finding-filter.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Finding, FindingKind } from '../../model/finding.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Store } from '../ports.ts';

/**
 * Which findings of a rollout are shown and can be decided on: all, or those that its filter names.
 * @param name what the person who wrote the filter knows it by
 * @throws KeyturnError `input-argument` if that is not a JMESPath expression; so does what is returned, if it takes too long
 */
export async function filterOf(
  { scope }: { scope: { filter?: string | undefined } },
  name = '--filter',
): Promise<FindingFilter> {
  if (scope.filter === undefined) return () => true;
  const { compileFilter } = await import('../../approve/finding-filter.ts');
  const compile = refusing(`${name} is not a valid JMESPath expression`, compileFilter);
  return refusing(`${name} cannot be used`, compile(scope.filter));
}

/** The same function; what it throws is the fault of an expression. */
function refusing<In, Out>(what: string, evaluate: (given: In) => Out): (given: In) => Out {
  return (given) => {
    try {
      return evaluate(given);
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new KeyturnError(
        'input-argument',
        `${what}: ${said}.`,
        "Write one like: tags.Environment=='prod' && region=='eu-west-1' (text in single quotes).",
        { cause },
      );
    }
  };
}

/** The findings of one kind that a person is shown, in the order of ARNs. */
export async function* visibleFindings(
  store: Store,
  rollout: AssessedRollout,
  kind: FindingKind,
): AsyncGenerator<Finding> {
  const isShown = await filterOf(rollout);
  for await (const finding of store.findings(rollout.id, { kind })) if (isShown(finding)) yield finding;
}
