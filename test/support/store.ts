import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Entry {
  readonly seq: number;
  readonly kind: string;
  readonly keyArn: string | undefined;
  readonly body: Record<string, unknown>;
}

/** The journals of a store as they stand on disk, whoever is writing; none where there is no store yet. */
export function readJournal(cwd: string): Entry[] {
  const path = join(cwd, '.keyturn', 'keyturn.db');
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const hasJournal = database.prepare("select 1 from sqlite_schema where name = 'journal'").get();
    if (!hasJournal) return [];
    const rows = database.prepare('select line from journal order by rollout, seq').all();
    return rows.map(({ line }) => {
      const { seq, kind, body } = JSON.parse(String(line));
      return { seq, kind, keyArn: body.keyArn ?? body.change?.keyArn, body };
    });
  } finally {
    database.close();
  }
}
