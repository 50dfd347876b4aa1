import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate for some names, by an authority of its own. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
  /** The file with the authority's certificate. */
  readonly caFile: string;
}

/** @param days of validity; a negative number has expired */
export function certify(directory: string, names: readonly string[], days = 2): Certified {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const caFile = join(directory, 'ca.pem');
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=front');
  writeFileSync(
    join(directory, 'leaf.ext'),
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
  );
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'leaf.ext'];
  openssl('x509', '-req', '-in', 'leaf.csr', '-out', 'leaf.pem', ...signed, '-days', String(days));
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return { key: read('leaf.key'), cert: read('leaf.pem'), caFile };
}
