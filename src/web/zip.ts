import { crc32, deflateRawSync } from 'node:zlib';
import type { ReportFile } from '../workflow/ports.ts';

/*
 * A ZIP archive as a stream (APPNOTE.TXT 6.3): each file's sizes follow its content, so that none has to be held.
 * Deflated a block at a time, each block ending on a byte (a sync flush); names are ASCII, sizes below 4 GiB.
 */

const FLAGS = 0x0808; // Sizes follow in a data descriptor; names are UTF-8.
const DEFLATED = 8;
const VERSION = 20;
const LARGEST = 0xffff_ffff;
const BLOCK = 256 * 1024;
/** 1 January 1980: the time of reading is no part of the evidence. */
const DATE = 0x0021;
const SYNC_FLUSH = 2;
/** An empty last block: what a deflate stream ends with. */
const END_OF_STREAM = Buffer.from([0x03, 0x00]);

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

export async function* zip(files: AsyncIterable<ReportFile>): AsyncGenerator<Buffer> {
  const entries: Entry[] = [];
  let offset = 0;
  for await (const { name, chunks } of files) {
    const begun = offset;
    const header = localHeader(Buffer.from(name));
    yield header;
    offset += header.length;
    const counted = { crc: 0, packed: 0, size: 0 };
    for await (const block of blocks(chunks)) {
      const packed = deflateRawSync(block, { finishFlush: SYNC_FLUSH });
      counted.crc = crc32(block, counted.crc);
      counted.size += block.length;
      counted.packed += packed.length;
      yield packed;
    }
    yield END_OF_STREAM;
    counted.packed += END_OF_STREAM.length;
    const descriptor = dataDescriptor(counted);
    yield descriptor;
    offset += counted.packed + descriptor.length;
    if (offset > LARGEST) throw new RangeError('the evidence is larger than a ZIP archive can be');
    entries.push({ name: Buffer.from(name), ...counted, offset: begun });
  }
  const directory = entries.map(directoryEntry);
  yield* directory;
  yield directoryEnd(entries.length, Buffer.concat(directory).length, offset);
}

async function* blocks(chunks: ReportFile['chunks']): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const part = Buffer.from(chunk);
    parts.push(part);
    size += part.length;
    if (size < BLOCK) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(parts);
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function dataDescriptor({ crc, packed, size }: Omit<Entry, 'name' | 'offset'>): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc, 4);
  descriptor.writeUInt32LE(packed, 8);
  descriptor.writeUInt32LE(size, 12);
  return descriptor;
}

function directoryEntry({ name, crc, packed, size, offset }: Entry): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(VERSION, 4);
  entry.writeUInt16LE(VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DEFLATED, 10);
  entry.writeUInt16LE(DATE, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packed, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, name]);
}

function directoryEnd(entries: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
