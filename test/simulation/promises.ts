import { expect } from 'vitest';
import { type JournalEntry, journalEntry } from '../../src/model/journal.ts';
import { isOn, type Outcome } from '../../src/model/outcome.ts';
import { openTemporaryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/workflow/ports.ts';
import { reportFiles } from '../../src/workflow/report/report-files.ts';
import { verifyBundle } from '../../src/workflow/verify/verify.ts';
import type { Call, Happening, Log } from './log.ts';
import type { ModelAws } from './model-aws.ts';

/*
 * What Keyturn promises, held against what truly happened. The rules are written anew here, from the documents
 * (README, docs/configure-and-validate.md, docs/decisions/0007), and share nothing with the code under test but types.
 */

export interface Witness {
  readonly aws: ModelAws;
  readonly log: Log;
  /** The store itself, not as a process has it. */
  readonly store: Store;
  /** The period that every plan here proposes. */
  readonly period: number;
}

/** What has to hold at every moment of what a person is shown, whatever has become of any process. */
export async function checkShown({ store, log }: Witness, seen: Map<string, string>): Promise<void> {
  for (const { id } of await store.listRollouts()) {
    const { hash } = await store.journalHead(id);
    if (seen.get(id) === hash) continue;
    seen.set(id, hash);
    const bundle = await bundleOf(store, id);
    checkOutcomesShown(log, id, outcomesIn(bundle));
    await verifyEvidence(bundle);
  }
}

/** What has to hold of everything that happened; nothing of it can change any more, so it is checked at the end. */
export async function checkHistory(witness: Witness): Promise<void> {
  const { store } = witness;
  checkCalls(witness);
  checkOutcomes(witness);
  await checkFindings(witness);
  for (const { id } of await store.listRollouts()) {
    await checkJournal(witness, id);
    const bundle = await bundleOf(store, id);
    expect(await bundleOf(store, id), 'made again it is the same').toEqual(bundle);
    await verifyEvidence(bundle);
  }
}

type Intent = Extract<Happening, { kind: 'intent' }>;

/**
 * Nothing is changed that a person did not approve. Of every call: right before it, the same process has brought an
 * intent for it to disk, one for each call; at the moment of that intent somebody had approved the
 * key, for longer than until then, and nobody's decline stood;
 * the period is the one approved. In one rollout no two calls take effect unless the key was off in between, by somebody
 * else's doing: a lost answer never leads to a second change, as long as AWS shows a change within the time to settle.
 */
function checkCalls({ log, aws, period }: Witness): void {
  const announced = new Set<Intent>();
  const acted = new Map<string, Call>();
  for (const call of log.of('call')) {
    const before = log.all.slice(0, log.all.indexOf(call));
    const intent = before.findLast(
      (each): each is Intent =>
        each.kind === 'intent' && each.process === call.process && each.body.keyArn === call.keyArn,
    );
    if (!intent || announced.has(intent)) throw new Error(`called without an intent: ${call.keyArn}`);
    announced.add(intent);
    expect(isCovered(before, intent), 'approved as it was announced').toBe(true);
    expect(call.period, 'the period').toBe(period);
    const inRollout = `${intent.rollout} ${call.keyArn}`;
    const earlier = acted.get(inRollout);
    if (call.acted === undefined) continue;
    if (earlier?.acted !== undefined && !aws.wasOff(call.keyArn, earlier.acted, call.acted - 1)) {
      throw new Error(`turned on twice: ${call.keyArn}`);
    }
    acted.set(inRollout, call);
  }
}

function isCovered(log: readonly Happening[], { rollout, body, ...intent }: Intent): boolean {
  const { keyArn, intendedAt } = body;
  const position = log.findIndex(
    (each) => each.kind === 'intent' && each.body.keyArn === keyArn && each.at === intent.at,
  );
  const voices = [...(voicesOn(log.slice(0, position), rollout).get(keyArn)?.values() ?? [])];
  const now = Date.parse(intendedAt ?? '');
  const isDeclined = voices.some(({ choice }) => choice === 'decline');
  return !isDeclined && voices.some(({ choice, until }) => choice === 'approve' && now < until);
}

interface Voice {
  readonly choice: string;
  readonly until: number;
}

/** By key and by who decided, the last that each of them said. */
function voicesOn(log: readonly Happening[], rollout: string): Map<string, Map<string, Voice>> {
  const said = new Map<string, Map<string, Voice>>();
  for (const each of log) {
    if (each.kind !== 'approval' || each.rollout !== rollout) continue;
    const { submittedBy, decisions, expiresAt } = each.body;
    const who = 'callerArn' in submittedBy ? submittedBy.callerArn : submittedBy.osUser;
    for (const { keyArn, choice } of decisions) {
      const voices = said.get(keyArn) ?? new Map<string, Voice>();
      said.set(keyArn, voices.set(who, { choice, until: Date.parse(expiresAt) }));
    }
  }
  return said;
}

/**
 * What is recorded is true when it is recorded: see each rule. What was made is never said not to have been made,
 * unless the key has been off since; silence is never taken for success.
 */
function checkOutcomes({ log, aws }: Witness): void {
  log.all.forEach((happening, index) => {
    if (happening.kind !== 'outcome') return;
    const { rollout, body, process, at } = happening;
    const { keyArn } = body;
    const before = log.all.slice(0, index);
    const ofRollout = new Set(
      before.flatMap((each) => (each.kind === 'intent' && each.rollout === rollout ? [each.process] : [])),
    );
    const calls = before.filter(
      (each): each is Call => each.kind === 'call' && each.keyArn === keyArn && ofRollout.has(each.process),
    );
    const made = calls.filter((call) => call.acted !== undefined);
    const lastRead = before.findLast(
      (each) =>
        each.kind === 'read' &&
        each.keyArn === keyArn &&
        each.process === process &&
        each.operation === 'GetKeyRotationStatus',
    );
    const readsAsOn = lastRead?.kind === 'read' && lastRead.ok && lastRead.on === true;
    const intents = before.filter(
      (each) => each.kind === 'intent' && each.rollout === rollout && each.body.keyArn === keyArn,
    );
    const say = (rule: string) => `${rule}: ${JSON.stringify(body)}`;
    expect(body.attempts, say('attempts are the intents')).toBe(intents.length);
    switch (body.status) {
      case 'applied':
        if (body.proof === 'proven') {
          expect(made.at(-1), say('proven by the answer')).toMatchObject({
            answer: 'ok',
            requestId: body.requestId,
            process,
          });
          break;
        }
        expect(body.proof, say('proven or presumed')).toBe('presumed');
        expect(readsAsOn, say('presumed only where the key reads as on')).toBe(true);
        expect(body.unanswered, say('presumed only after a call unanswered')).toBe(true);
        break;
      case 'already-in-place':
        expect(readsAsOn, say('already on only where the key reads as on')).toBe(true);
        expect(made, say('already on, and not by us')).toEqual([]);
        break;
      default: {
        if (isUnsettled(body)) break;
        const last = made.at(-1)?.acted;
        if (last === undefined || aws.wasOff(keyArn, last, at)) break;
        // A pending deletion hides the change, and AWS may be late to tell of that, too.
        const wasMisled = before.some(
          (each) =>
            each.kind === 'read' &&
            each.keyArn === keyArn &&
            each.process === process &&
            each.at >= last &&
            each.state !== undefined &&
            each.state !== 'PendingDeletion' &&
            aws.mayShowDeletion(keyArn, each.at),
        );
        expect(wasMisled, say('what was made is not said not to be')).toBe(true);
      }
    }
  });
}

const isUnsettled = ({ status }: Outcome): boolean => status === 'unsettled';

/** "May not be read" is never "off": a finding says off, or on, only where AWS answered so. */
async function checkFindings({ store, log }: Witness): Promise<void> {
  const answers = new Map<string, Set<boolean>>();
  for (const read of log.of('read')) {
    if (read.on === undefined) continue;
    const known = answers.get(`${read.keyArn} ${read.at}`) ?? new Set();
    answers.set(`${read.keyArn} ${read.at}`, known.add(read.on));
  }
  for (const { id } of await store.listRollouts()) {
    for await (const { keyArn, kind, rotation, readAt } of store.findings(id)) {
      const heard = answers.get(`${keyArn} ${Date.parse(readAt['rotation'] ?? '')}`);
      if (kind === 'candidate') expect(rotation).toBe('off');
      if (kind === 'enabled') expect(rotation).toBe('on');
      if (rotation === 'off') expect(heard, `${keyArn} is said to be off`).toContain(false);
      if (rotation === 'on') expect(heard, `${keyArn} is said to be on`).toContain(true);
    }
  }
}

/** The journal holds what was brought to disk, all of it, in that order, and nothing else. */
async function checkJournal({ store, log }: Witness, rollout: string): Promise<void> {
  const recorded = log.all.flatMap((each) =>
    (each.kind === 'approval' ||
      each.kind === 'intent' ||
      each.kind === 'outcome' ||
      each.kind === 'verdict') &&
    each.rollout === rollout
      ? [{ kind: each.kind, body: each.body as unknown }]
      : [],
  );
  const written: { kind: string; body: unknown }[] = [];
  for (const entry of await entriesOf(store, rollout)) {
    const { kind, body } = entry;
    if (kind === 'intent') written.push({ kind, body: body.change });
    else if (kind === 'approval' || kind === 'outcome' || kind === 'verdict') written.push({ kind, body });
  }
  expect(written).toEqual(recorded);
}

async function entriesOf(store: Store, rollout: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const line of store.journalLines(rollout)) entries.push(journalEntry.parse(JSON.parse(line)));
  return entries;
}

/** Every approved key is shown, once, with its last outcome; an announced change without one as not known. */
function checkOutcomesShown(log: Log, rollout: string, shown: readonly Outcome[]): void {
  const expected = new Map<string, Partial<Outcome>>();
  const last = new Map<string, Happening>();
  for (const each of log.all) {
    if (each.kind !== 'intent' && each.kind !== 'outcome') continue;
    if (each.rollout === rollout) last.set(each.body.keyArn, each);
  }
  for (const [keyArn, voices] of voicesOn(log.all, rollout)) {
    const decisions = [...voices.values()].map(({ choice }) => choice);
    if (decisions.includes('approve') && !decisions.includes('decline')) expected.set(keyArn, { keyArn });
  }
  for (const keyArn of expected.keys()) {
    const change = last.get(keyArn);
    if (change?.kind === 'outcome' && !isUnsettled(change.body)) expected.set(keyArn, change.body);
    else if (change) expected.set(keyArn, { keyArn, status: 'unsettled' });
    else expected.set(keyArn, { keyArn, status: 'pending', attempts: 0 });
  }
  const inOrder = [...expected.values()].sort((a, b) => (String(a.keyArn) < String(b.keyArn) ? -1 : 1));
  expect(shown.map(({ keyArn }) => keyArn)).toEqual(inOrder.map(({ keyArn }) => keyArn));
  expect(shown).toMatchObject(inOrder);
}

async function verifyEvidence(files: ReadonlyMap<string, string>): Promise<void> {
  const bundle = {
    names: [...files.keys()],
    strays: [],
    bytes: async function* (name: string) {
      yield Buffer.from(files.get(name) ?? '');
    },
  };
  const empty = await openTemporaryStore();
  try {
    await verifyBundle({ bundle, store: empty, keyturnVersion: '0' });
  } finally {
    await empty.close();
  }
}

async function bundleOf(store: Store, id: string): Promise<Map<string, string>> {
  const rollout = await store.findRollout(id);
  if (!rollout) throw new Error(`no rollout ${id}`);
  const files = new Map<string, string>();
  for await (const { name, chunks } of reportFiles(store, rollout, { keyturnVersion: '0' })) {
    let text = '';
    for await (const chunk of chunks) text += chunk;
    files.set(name, text);
  }
  return files;
}

const outcomesIn = (bundle: ReadonlyMap<string, string>): Outcome[] =>
  (bundle.get('outcomes.jsonl') ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Once all is well again and the commands have been run: no approved key is lost, none that is well is left. */
export async function checkNothingLeft({ store, aws }: Witness, rollout: string): Promise<void> {
  for (const { keyArn, status } of outcomesIn(await bundleOf(store, rollout))) {
    if (aws.isWell(keyArn)) expect(isOn(status), `${keyArn} is ${status}`).toBe(true);
  }
}
