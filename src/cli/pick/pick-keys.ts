import { getColumns, getRows, isCancel } from '@clack/core';
import type { AssessedRollout } from '../../model/rollout.ts';
import { visibleFindings } from '../../workflow/rollout/visible-findings.ts';
import type { Asked } from '../session/session.ts';
import { Picker } from './prompt.ts';
import { type ShownRow, toPickRow } from './rows.ts';
import { drawPicker } from './view.ts';

/**
 * Lets a person pick candidates from a list, nothing chosen beforehand, and has them type their number at the end.
 * @returns the ARNs picked; undefined where the person left, or the input ended
 */
export async function pickKeys(
  { terminal, store, signal }: Asked,
  rollout: AssessedRollout,
): Promise<readonly string[] | undefined> {
  const rows: ShownRow[] = [];
  for await (const finding of visibleFindings(store, rollout, 'candidate'))
    rows.push(toPickRow(finding, rollout));
  if (rows.length === 0) return [];
  const { stdin: input, stderr: output } = process;
  // A terminal that is closed cannot be read from.
  input.on('error', () => {});
  const screen = () => ({
    columns: getColumns(output),
    rows: getRows(output),
    bold: terminal.bold,
    dim: terminal.dim,
  });
  const picker = new Picker({
    rows,
    draw: (state) => drawPicker(state, rollout, screen()),
    input,
    output,
    ...(signal && { signal }),
  });
  const picked = await picker.prompt();
  signal?.throwIfAborted();
  return isCancel(picked) ? undefined : picked;
}
