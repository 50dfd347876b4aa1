import { EvidenceError } from '../../evidence/error.ts';
import type { Bundle } from '../../evidence/files.ts';
import { inspectFiles } from '../../evidence/inspect-files.ts';
import type { TrustedKey } from '../../evidence/trust.ts';
import { forTerminal } from '../../report/escape.ts';
import { type Verification, verifyBundle } from '../../workflow/verify/verify.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { VerifyOptions } from '../settings/takes.ts';
import { describeFailure } from '../show/evidence/failure.ts';
import { listSigners, requiredRoles } from '../show/evidence/signers.ts';
import { sayVerification } from '../show/evidence/verification.ts';
import { printJson } from '../show/print.ts';
import { readTrustedKeys } from '../signing/trusted-keys.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';

/** `keyturn verify PATH`: checks evidence offline, and says what that proves and what it does not. */
export async function runVerify(path: string, options: VerifyOptions): Promise<ExitCode> {
  const terminal = openTerminal(options);
  const trust = await readTrustedKeys(options);
  const { openBundle } = await import('../../files/read-bundle.ts');
  const bundle = openBundle(path);
  const { openTemporaryStore } = await import('../../store/open.ts');
  const store = await openTemporaryStore();
  try {
    const request = { bundle, store, keyturnVersion: VERSION, trust };
    return await tell(terminal, await verifyBundle(request), trust);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return await tellTampering(terminal, bundle, error);
  } finally {
    await store.close();
  }
}

async function tell(
  terminal: Terminal,
  verification: Verification,
  trust: readonly TrustedKey[],
): Promise<ExitCode> {
  const { manifest, signers, notRendered } = verification;
  const { proved, notProved } = sayVerification(verification, trust);
  if (terminal.json) {
    const { rollout, keyturnVersion, journal, notSeen } = manifest;
    const signedBy = signers.bundle ?? null;
    await printJson(terminal, {
      ok: notRendered.length === 0,
      consistent: notRendered.length === 0 ? 'all' : 'data',
      rollout,
      keyturnVersion,
      journal,
      signedBy,
      signatures: listSigners(verification, trust),
      requiredRoles: requiredRoles(trust),
      notSeen,
      proved,
      notProved,
      notRendered,
    });
  } else {
    const list = (lines: readonly string[]) => lines.map((line) => `  - ${forTerminal(line)}\n`).join('');
    await terminal.out(
      `${headline(terminal, notRendered)} Rollout ${forTerminal(manifest.rollout)}.\n` +
        `\nProved:\n${list(proved)}\nNot proved:\n${list(notProved)}`,
    );
  }
  return notRendered.length > 0 ? EXIT.incomplete : EXIT.done;
}

/** Green only if everything was made again. */
function headline(terminal: Terminal, notRendered: readonly string[]): string {
  if (notRendered.length === 0) return terminal.green('The evidence is consistent.');
  return `The data is consistent. Not rendered anew: ${notRendered.map(forTerminal).join(', ')}.`;
}

async function tellTampering(
  terminal: Terminal,
  bundle: Bundle,
  { code, where, message }: EvidenceError,
): Promise<ExitCode> {
  const inspection = await inspectFiles(bundle);
  const { summary, fix } = describeFailure(code, inspection);
  if (terminal.json) {
    await printJson(terminal, {
      ok: false,
      error: { code, where, message, summary, fix },
      files: inspection ?? null,
    });
  } else {
    const lines = [`error: ${code}: ${where}: ${message}`, summary, fix];
    terminal.err(lines.map((line) => `${forTerminal(line)}\n`).join(''));
  }
  return EXIT.tampered;
}
