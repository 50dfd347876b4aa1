import type { Approval } from '../model/approval.ts';
import { isLongBefore } from '../model/in-force.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { Refuse, Story } from './story.ts';

/** The time of an entry is that of what it records. */
export function requireOwnTime(entry: JournalEntry, refuse: Refuse): void {
  const own = ownTime(entry);
  if (own !== undefined && own !== entry.at)
    refuse('evidence-entry', 'Its time is not that of what it records.');
}

/** @returns undefined if what is recorded holds no time of its own */
function ownTime(entry: JournalEntry): string | undefined {
  switch (entry.kind) {
    case 'assess-begun':
      return entry.body.createdAt;
    case 'approval':
      return timeOf(entry.body);
    case 'intent':
      return entry.body.change.intendedAt;
    case 'outcome':
      return entry.body.finishedAt ?? entry.body.checkedAt ?? entry.body.intendedAt;
    case 'verdict':
      return entry.body.readAt;
    default:
      return undefined;
  }
}

/** When it was recorded. */
const timeOf = ({ at, imported }: Approval): string => imported?.at ?? at;

/**
 * An entry is no older than what it follows from, by more than clocks explain. It may be older than an entry before it:
 * a machine that sleeps for days records afterwards what it did before.
 */
export function requireOrder(story: Story, entry: JournalEntry, refuse: Refuse): void {
  if (causesOf(story, entry).some((cause) => isLongBefore(entry.at, cause))) {
    refuse('evidence-entry', 'It is more than a day older than what it follows from.');
  }
  if (BEGINNINGS.has(entry.kind)) story.since = entry.at;
}

/** Entries after which nothing of an earlier phase is recorded, but for approvals. */
const BEGINNINGS: ReadonlySet<string> = new Set<JournalEntry['kind']>([
  'assess-completed',
  'configure-begun',
  'check-begun',
]);

/** The times of what has to have happened before; those of an approval have rules of their own. */
function causesOf({ since, approvals, changes }: Story, entry: JournalEntry): string[] {
  switch (entry.kind) {
    case 'approval':
      return [];
    case 'configure-begun':
    case 'check-begun':
      return [since, ...approvals.values().take(1).map(timeOf)];
    case 'intent': {
      const approval = approvals.get(entry.body.approval);
      return [since, ...(approval ? [timeOf(approval)] : [])];
    }
    case 'outcome': {
      // What stays unsettled has the time of its announcement, perhaps by an earlier run.
      const { finishedAt, intendedAt } = entry.body;
      return [finishedAt === undefined && intendedAt !== undefined ? intendedAt : since];
    }
    case 'verdict':
      return [since, changes.get(entry.body.keyArn)?.record.finishedAt ?? since];
    default:
      return [since];
  }
}
