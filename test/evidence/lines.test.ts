import { describe, expect, it } from 'vitest';
import { readLines, readOnlyLine } from '../../src/evidence/lines.ts';

async function* pieces(...all: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield Buffer.from(piece);
}
async function read(...all: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines('a file', 'evidence-findings', pieces(...all))) lines.push(line);
  return lines;
}
const refused = { code: 'evidence-findings', where: 'a file' };

describe('lines', () => {
  it('are put together again, however they come', async () => {
    expect(await read('one\ntw', 'o', '\n\nfo', 'ur\n')).toEqual(['one', 'two', '', 'four']);
    const bytes = Buffer.from('ü🔑\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(['ü🔑']);
    }
  });

  it('of an empty file are none', async () => {
    expect(await read()).toEqual([]);
    expect(await read('')).toEqual([]);
  });

  it('keep a byte order mark and carriage returns: they are changes', async () => {
    expect(await read('\ufeffone\r\n')).toEqual(['\ufeffone\r']);
  });

  it('need their ends, and UTF-8', async () => {
    await expect(read('one\ntwo')).rejects.toMatchObject(refused);
    await expect(read(Buffer.from([0xff, 0x0a]))).rejects.toMatchObject(refused);
    await expect(read('one\n', Buffer.from([0xc3]))).rejects.toMatchObject(refused);
  });

  it('can have to be one', async () => {
    const only = (...all: string[]) => readOnlyLine('a file', 'evidence-findings', pieces(...all));
    expect(await only('o', 'ne\n')).toBe('one');
    await expect(only('')).rejects.toMatchObject(refused);
    await expect(only('one\n', 'two\n')).rejects.toMatchObject(refused);
  });
});
