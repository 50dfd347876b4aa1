import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/**
 * Parses YAML 1.2 as it is taken here: nothing of it is resolved that could grow, be merged or stand for something else.
 * Keys that stand twice are left for the caller to find: the package compares each with each, which takes minutes over
 * 1 MiB.
 * @returns the document, its errors in it, and where an offset into the text is
 */
export function parseYaml(source: string) {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    resolveKnownTags: false,
    schema: 'core',
  });
  return { document, position: (at: number) => lineCounter.linePos(at) };
}

/** What is wrong with a text that is not YAML, in a clause. */
export const describeYamlError = ({ code, message }: { code: string; message: string }): string =>
  code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : `not YAML (${message})`;

/** Where a node begins, as an offset into the text. */
export function startOf(node: unknown, otherwise = 0): number {
  const isNode = isScalar(node) || isSeq(node) || isMap(node) || isAlias(node);
  return (isNode ? node.range?.[0] : undefined) ?? otherwise;
}
