import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import { openStore } from '../../src/store/open.ts';
import { followRecord } from '../../src/workflow/rollout/check-record.ts';
import { arnOf } from '../support/facts.ts';
import { pick, randomFrom } from '../support/random.ts';
import { beginJourney } from '../workflow/journey.ts';

/*
 * A forger has SQLite and the file. Edits of every kind, on every table and column of a store in which each table has
 * rows: the record is refused, and configure calls nothing.
 */

const EU = 'eu-central-1';
const IDS = ['done', 'due', 'declined', 'deferred', 'left'] as const;

/** One key is done and confirmed, one is approved and due, one declined, one deferred, one not decided on. */
async function journeyHalfDone() {
  const journey = await beginJourney((aws) => {
    for (const id of IDS) aws.add(id, EU);
    aws.add('on', EU, {}, true);
  });
  const rollout = await journey.assess({ regions: [EU] });
  await journey.decide(rollout, 'approve', arnOf('done'));
  await journey.configure(rollout);
  await journey.validate(rollout);
  await journey.decide(rollout, 'approve', arnOf('due'));
  await journey.decide(rollout, 'decline', arnOf('declined'));
  await journey.decideAs('another', rollout, 'defer', 1000, arnOf('deferred'), arnOf('declined'));
  journey.aws.calls.length = 0;
  return { ...journey, rollout };
}

/** Edits without triggers and foreign keys, and puts the triggers back: what is left behind is the edit alone. */
function edit(path: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false, defensive: false });
  const triggers = database.prepare("select name, sql from sqlite_schema where type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`drop trigger "${name}"`);
  work(database);
  for (const { sql } of triggers) database.exec(String(sql));
  database.close();
}

/** Edits rows, and edits them back while SQLite does not know of an index: the index alone keeps the first edit. */
function editIndex(path: string, index: string, there: string, back: string): void {
  const open = () => new DatabaseSync(path, { enableForeignKeyConstraints: false, defensive: false });
  const schema = 'type, name, tbl_name, rootpage, sql';
  const first = open();
  first.exec(there);
  const row = first.prepare(`select ${schema} from sqlite_schema where name = ?`).get(index);
  first.exec(`pragma writable_schema = on; delete from sqlite_schema where name = '${index}'`);
  first.close();
  const second = open();
  second.exec(`${back}; pragma writable_schema = on`);
  second
    .prepare(`insert into sqlite_schema (${schema}) values (?, ?, ?, ?, ?)`)
    .run(...(Object.values(row ?? {}) as SQLInputValue[]));
  second.close();
}

const DECISION = `json_set(record, '$.choice', 'approve')`;
const ATTACKS: Readonly<Record<string, string>> = {
  'a key that nobody decided on is approved': `
    insert into in_force select rollout, '${arnOf('left')}', approver, account, region, choice, approval, expires_at,
      rank, json_set(record, '$.keyArn', '${arnOf('left')}', '$.keyId', 'left') from in_force where key_arn = '${arnOf('due')}'`,
  'a decline becomes an approval': `update in_force set choice = 'approve', record = ${DECISION} where choice = 'decline'`,
  'a decline becomes an approval in all tables': `
    update in_force set choice = 'approve', record = ${DECISION} where choice = 'decline';
    update decisions set choice = 'approve', record = ${DECISION} where choice = 'decline';
    update submitted set choice = 'approve', record = ${DECISION} where choice = 'decline'`,
  'a decline is gone': `delete from in_force where choice = 'decline'; delete from decisions where choice = 'decline'`,
  'of two decisions on a key the lower one is in force': `
    delete from in_force where choice = 'decline';
    insert into in_force select * from decisions where key_arn = '${arnOf('declined')}' and choice = 'defer'`,
  'nothing is in force on a key that was declined': `delete from in_force where choice = 'decline'`,
  'another period is approved': `update in_force set record = json_set(record, '$.RotationPeriodInDays', 2560)`,
  'an approval holds for longer': `update in_force set expires_at = '2999-01-01T00:00:00.000Z'`,
  'a change that was made is due again': `update changes set status = 'pending'`,
  'a change that was made is gone': `delete from verdicts; delete from changes`,
  'a change that is due is done': `insert into changes select rollout, '${arnOf('due')}', status, reason, record from changes`,
  'a verdict says otherwise': `update verdicts set kind = 'discrepant'`,
  'a finding is in another place': `update findings set account = '999988887777' where key_arn = '${arnOf('due')}'`,
  'a finding is no candidate for queries': `update findings set kind = 'enabled' where key_arn = '${arnOf('left')}'`,
  'a finding says two things': `update findings set record = '{"primaryAlias":"alias/other",' || substr(record, 2)`,
  'a place is not known to have failed': `update places set record = json_set(record, '$.reason', 'x', '$.fix', 'y')`,
  'the scope is another': `update rollouts set record = json_set(record, '$.scope.filter', 'true')`,
  'a line of the journal is changed': `update journal set line = replace(line, '"approve"', '"decline"')`,
  'the journal lacks its last entry': `delete from journal where seq = (select max(seq) from journal)`,
  'the journal lacks an entry in the middle': `delete from journal where seq = 4`,
  'an added trigger turns decisions': `create trigger helpful after insert on journal begin
    update in_force set choice = 'approve'; end`,
  'an added trigger has a name that SQLite keeps for itself': `pragma writable_schema = on;
    create trigger sqlite_stat_more after insert on journal begin update in_force set choice = 'approve'; end;
    pragma writable_schema = off`,
  'a trigger is gone': `drop trigger if exists journal_is_kept; drop index findings_by_kind`,
};

describe('a store that a forger has edited', () => {
  it.each(Object.entries(ATTACKS))('is refused by each command before AWS is called: %s', async (_, sql) => {
    const { store, rollout, aws, ...commands } = await journeyHalfDone();
    edit(store.path, (database) => database.exec(sql));
    const refused = { code: 'refused-record', message: expect.stringMatching(/\w/) };
    await expect(commands.configure(rollout)).rejects.toMatchObject(refused);
    await expect(commands.dryRun(rollout)).rejects.toMatchObject(refused);
    await expect(commands.validate(rollout)).rejects.toMatchObject(refused);
    await expect(commands.decide(rollout, 'approve', arnOf('left'))).rejects.toMatchObject(refused);
    await expect(store.atOneTime(() => followRecord(store, rollout.id))).rejects.toMatchObject(refused);
    expect(aws.calls).toEqual([]);
  });

  it.each([
    ['in_force_by_kind', 'in_force', 'choice', 'defer', 'approve'],
    ['in_force_by_place', 'in_force', 'region', EU, 'us-east-1'],
    ['findings_by_kind', 'findings', 'kind', 'enabled', 'ineligible'],
    ['findings_by_place', 'findings', 'kind', 'enabled', 'ineligible'],
  ])('is refused if the index %s says otherwise than the rows', async (index, table, column, is, said) => {
    const { store, rollout, configure, aws } = await journeyHalfDone();
    const turn = (from: string, to: string) =>
      `update ${table} set ${column} = '${to}' where ${column} = '${from}'`;
    editIndex(store.path, index, turn(is, said), turn(said, is));
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-record' });
    expect(aws.calls).toEqual([]);
  });

  it('is refused if the last line is another one, with its hash', async () => {
    const { store, rollout, configure } = await journeyHalfDone();
    edit(store.path, (database) => {
      const last = database.prepare('select seq, line from journal order by seq desc limit 1').get();
      const line = String(last?.['line']).replace('"defer"', '"approve"');
      const hash = createHash('sha256').update(line).digest('hex');
      database
        .prepare('update journal set line = ?, hash = ? where seq = ?')
        .run(line, hash, Number(last?.['seq']));
    });
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-record' });
  });

  it('is taken while nothing was edited, also by a process that has written meanwhile', async () => {
    const { store, rollout, configure, validate, aws } = await journeyHalfDone();
    edit(store.path, () => {});
    await store.atOneTime(() => followRecord(store, rollout.id));
    expect(await configure(rollout)).toMatchObject({ applied: 2 });
    await validate(rollout);
    await store.snapshot((snapshot) => followRecord(snapshot, rollout.id));
    expect(aws.calls.filter((call) => call.startsWith('Enable'))).toHaveLength(1);
  });
});

/** A copy of one journey's database, to edit and to look at. */
let original: string;
let rolloutId: string;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-tamper-'));
  original = join(directory, 'original.db');
});

async function readEdited(work: (database: DatabaseSync) => void): Promise<unknown> {
  const directory = makeStoreDirectory(mkdtempSync(join(tmpdir(), 'keyturn-tamper-')));
  const path = join(directory, 'keyturn.db');
  copyFileSync(original, path);
  edit(path, work);
  const store = await openStore(directory);
  try {
    return await followRecord(store, rolloutId).then(
      () => 'taken',
      (error: unknown) => (error as { code?: unknown }).code,
    );
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

/** Who writes is no part of the record. */
const UNCHECKED = ['claims'];

interface Column {
  readonly table: string;
  readonly column: string;
}

function columnsOf(path: string): Column[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database
    .prepare(
      `select t.name as "table", c.name as "column" from sqlite_schema t join pragma_table_info(t.name) c
       where t.type = 'table' order by 1, c.cid`,
    )
    .all();
  database.close();
  return rows
    .map(({ table, column }) => ({ table: String(table), column: String(column) }))
    .filter(({ table }) => !UNCHECKED.includes(table));
}

const OTHERS: readonly SQLInputValue[] = [
  'approve',
  'enabled',
  '',
  '2999-01-01T00:00:00.000Z',
  0,
  7,
  null,
  '{}',
];

describe('random edits', () => {
  it('of every column, and rows that are deleted or put in, are refused', async () => {
    const { store, rollout } = await journeyHalfDone();
    rolloutId = rollout.id;
    const database = new DatabaseSync(store.path);
    database.exec(`vacuum into '${original}'`);
    database.close();
    onTestFinished(() => rmSync(join(original, '..'), { recursive: true }));
    expect(await readEdited(() => {})).toBe('taken');
    const random = randomFrom('tamper');
    const taken: string[] = [];
    let tried = 0;
    const attempt = async (name: string, work: (database: DatabaseSync) => number | bigint) => {
      let changed: number | bigint = 0;
      const answer = await readEdited((edited) => {
        changed = work(edited);
      });
      if (changed === 0) return;
      tried += 1;
      if (answer !== 'refused-record') taken.push(`${name}: ${answer}`);
    };
    const columns = columnsOf(original);
    for (const { table, column } of columns) {
      for (let times = 0; times < 2; times++) {
        const value = pick(random, OTHERS);
        await attempt(`${table}.${column} = ${value}`, (edited) => change(edited, table, column, value));
      }
    }
    for (const table of new Set(columns.map((each) => each.table))) {
      await attempt(`delete from ${table}`, (edited) => {
        return edited.prepare(`delete from ${table} where rowid = (select max(rowid) from ${table})`).run()
          .changes;
      });
      await attempt(`insert into ${table}`, (edited) => copyRow(edited, table));
    }
    expect(taken).toEqual([]);
    expect(tried).toBeGreaterThan(80);
  });
});

/** Changes one row, if the value is another and the table takes it. */
function change(
  database: DatabaseSync,
  table: string,
  column: string,
  value: SQLInputValue,
): number | bigint {
  try {
    return database
      .prepare(
        `update ${table} set ${column} = ?1 where rowid = (select min(rowid) from ${table} where ${column} is not ?1)`,
      )
      .run(value).changes;
  } catch {
    return 0;
  }
}

/** Puts a copy of a row in, under another key. */
function copyRow(database: DatabaseSync, table: string): number | bigint {
  const columns = database.prepare(`select name, pk from pragma_table_info('${table}')`).all();
  const key = columns.filter(({ pk }) => Number(pk) > 0).at(-1);
  const values = columns.map(({ name }) => {
    if (name !== key?.['name']) return String(name);
    return name === 'position' || name === 'seq' ? `${name} + 1000` : `'other'`;
  });
  return database.prepare(`insert into ${table} select ${values.join(', ')} from ${table} limit 1`).run()
    .changes;
}
