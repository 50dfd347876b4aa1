import { jsonText } from '../../src/model/json-text.ts';
import { reassessed, retold } from './contradictions.ts';
import { journalOf, type Loose, sealed, signed, textOf, withFile } from './forge.ts';
import { type Files, MAKER } from './story.ts';
import { type Bent, bentRecords, ORDERS, type Order } from './tamper-json.ts';

/*
 * Every field of every kind of record changed in turn, and everything else made good by a forger who owns the maker's key:
 * digests, chain, reports, manifest, signature.
 */

export interface Tampering {
  /** `PLACE field/field: what was done`. */
  readonly name: string;
  forge(): Promise<Files>;
}

/**
 * What is tampered with: journal, findings, and each file as it is. Where approvals are signed, those alone: a forger without an
 * approver's key would not touch them, and could not go on.
 */
export function tamperingsOf(unsigned: Files, signedOnes: Files): Tampering[] {
  const approvals = ofJournal(signedOnes).filter(({ name }) => name.startsWith('approval signed'));
  return [
    ...ofJournal(unsigned),
    ...ofOrder(unsigned),
    ...ofFindings(unsigned),
    ...approvals,
    ...ofFiles(signedOnes),
  ];
}

const byMaker = async (files: Promise<Files> | Files): Promise<Files> => signed(await files, MAKER);

function ofJournal(good: Files): Tampering[] {
  const entries = journalOf(good);
  // The chain is made anew in any case.
  const seen = entries.map(({ seq, previous, ...rest }) => rest);
  return bentRecords(seen, kindOf).map(({ name, index, bent }) => ({
    name,
    forge: () =>
      byMaker(
        retold(good, (all) => all.with(index, { rollout: bent.rollout, seq: 0, previous: '', ...bent })),
      ),
  }));
}

/** The kind of an entry, and which of its variants it is. */
function kindOf({ kind, body }: Loose): string {
  const signature = body.signature && 'signed';
  const origin = body.imported && 'imported';
  return [kind, body.status ?? body.kind, body.proof, signature, origin].filter(Boolean).join(' ');
}

function ofOrder(good: Files): Tampering[] {
  return journalOf(good).flatMap((entry, index) =>
    Object.entries(ORDERS).map(([what, change]: [string, Order]) => ({
      name: `journal ${kindOf(entry)} (${index + 1}): ${what}`,
      forge: () => byMaker(retold(good, (all) => change(all, index))),
    })),
  );
}

function ofFindings(good: Files): Tampering[] {
  const findings = linesOf(good, 'findings.jsonl');
  const kind = ({ kind, reason }: Loose) => `finding ${kind}${reason ? ` ${reason}` : ''}`;
  const bent = bentRecords(findings, kind).map(({ name, index, bent: record }) => ({
    name,
    forge: () => byMaker(reassessed(good, (all) => all.with(index, record))),
  }));
  const moved = findings.flatMap((finding, index) =>
    Object.entries(ORDERS).map(([what, change]: [string, Order]) => ({
      name: `${kind(finding)} (${index + 1}): ${what}`,
      forge: () => byMaker(reassessed(good, (all) => change(all, index))),
    })),
  );
  return [...bent, ...moved];
}

const linesOf = (files: Files, name: string): Loose[] =>
  textOf(files, name)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** A file is changed after the reports were made; only the manifest, the sums and the maker's signature are made anew. */
function ofFiles(good: Files): Tampering[] {
  const names = [...good.keys()].filter((name) => !FOLLOWING.includes(name));
  const put = (name: string, text: string | Buffer | undefined) => () =>
    byMaker(sealed(withFile(good, name, text)));
  return [
    ...names.flatMap((name) => [
      { name: `${name}: missing`, forge: put(name, undefined) },
      { name: `${name}: empty`, forge: put(name, '') },
      ...[0.1, 0.5, 0.9].map((part) => ({
        name: `${name}: a byte at ${part}`,
        forge: put(name, withOtherByte(good.get(name) ?? Buffer.of(), part)),
      })),
      { name: `${name}: a line more`, forge: put(name, `${textOf(good, name)}{}\n`) },
      { name: `${name}: without its end`, forge: put(name, textOf(good, name).slice(0, -1)) },
    ]),
    ...['rollout.json', 'approvals.json', 'summary.json'].flatMap((name) => ofDocument(good, name, put)),
    ...DERIVED_LINES.flatMap((name) => ofLines(good, name, put)),
    ...ofManifest(good),
  ];
}

const FOLLOWING = ['manifest.json', 'SHA256SUMS', 'bundle.dsse.json', 'journal.jsonl'];
const DERIVED_LINES = ['plan.jsonl', 'decisions.jsonl', 'outcomes.jsonl', 'verdicts.jsonl'];

function withOtherByte(bytes: Buffer, part: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = Math.floor(bytes.length * part);
  changed[at] = changed[at] === 0x78 ? 0x79 : 0x78;
  return changed;
}

type Put = (name: string, text: string) => () => Promise<Files>;

function ofDocument(good: Files, name: string, put: Put): Tampering[] {
  const document = JSON.parse(textOf(good, name));
  return bentRecords([document], () => name).map((bent) => ({
    name: bent.name,
    forge: put(name, `${jsonText(bent.bent)}\n`),
  }));
}

function ofLines(good: Files, name: string, put: Put): Tampering[] {
  const records = linesOf(good, name);
  const text = (all: Loose[]) => all.map((each) => `${jsonText(each)}\n`).join('');
  const kind = ({ status, choice, kind: word, schema }: Loose) =>
    `${name} ${status ?? choice ?? word ?? schema}`;
  return [
    ...bentRecords(records, kind).map((bent: Bent) => ({
      name: bent.name,
      forge: put(name, text(records.with(bent.index, bent.bent))),
    })),
    ...Object.entries(ORDERS).map(([what, change]: [string, Order]) => ({
      name: `${name} (2): ${what}`,
      forge: put(name, text(change([...records], 1))),
    })),
  ];
}

function ofManifest(good: Files): Tampering[] {
  const manifest = JSON.parse(textOf(good, 'manifest.json'));
  const { files, journal, ...parts } = manifest;
  return bentRecords([parts], () => 'manifest.json').map(({ name, bent }) => ({
    name,
    forge: () => byMaker(sealed(good, (made) => ({ ...bent, journal: made.journal, files: made.files }))),
  }));
}
