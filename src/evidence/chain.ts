import {
  comesAfter,
  type JournalEntry,
  type JournalHead,
  journalEntry,
  lineHash,
  NO_ENTRIES,
} from '../model/journal.ts';
import { EvidenceError } from './error.ts';
import { parseJsonLine, parseWhole, saidBy } from './json-line.ts';

export const JOURNAL = 'journal.jsonl';

export interface ChainedEntry {
  /** With its fields in the order in which they were written. */
  readonly entry: JournalEntry;
  /** The head of the journal with this entry. */
  readonly head: JournalHead;
}

/**
 * Walks a journal's lines, each of which has to name the SHA-256 of the one before.
 * @param rollout the one that the journal is of
 * @throws EvidenceError `evidence-chain` where a link is broken, `evidence-entry` where a line is no entry
 */
export async function* verifyChain(
  rollout: string,
  lines: AsyncIterable<string>,
): AsyncGenerator<ChainedEntry> {
  let head = NO_ENTRIES;
  for await (const line of lines) {
    const where = `${JOURNAL} line ${head.entries + 1}`;
    if (!comesAfter(rollout, head, line)) {
      throw new EvidenceError('evidence-chain', where, 'It does not follow from the line before.');
    }
    head = { entries: head.entries + 1, hash: lineHash(line) };
    yield { entry: parseEntry(line, where), head };
  }
}

const AFTER_LINK = /^\{"rollout":"[^"]*","seq":\d+,"previous":"[^"]*","at":"[^"]*","kind":"[^"]*","body":/;

function parseEntry(line: string, where: string): JournalEntry {
  try {
    const value = parseJsonLine(line);
    parseWhole(journalEntry, value);
    // The frame begins with the link, which the chain compares as text.
    if (!AFTER_LINK.test(line)) throw new Error('its fields are out of order');
    return value as JournalEntry;
  } catch (cause) {
    throw new EvidenceError('evidence-entry', where, `It is no journal entry: ${saidBy(cause)}`);
  }
}
