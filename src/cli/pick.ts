import { getColumns, getRows, isCancel } from '@clack/core';
import type { AssessedRollout } from '../model/rollout.ts';
import type { Store } from '../workflow/ports.ts';
import { shownFindings } from '../workflow/shown.ts';
import { Picker } from './pick/prompt.ts';
import { type ShownRow, toPickRow } from './pick/rows.ts';
import { drawPicker } from './pick/view.ts';
import type { Terminal } from './terminal.ts';

/**
 * Lets a person pick candidates from a list, nothing chosen beforehand, and has them type their number at the end.
 * @returns the ARNs picked; undefined where the person left, or the input ended
 */
export async function pickKeys(
  terminal: Terminal,
  store: Store,
  rollout: AssessedRollout,
): Promise<readonly string[] | undefined> {
  const rows: ShownRow[] = [];
  for await (const finding of shownFindings(store, rollout, 'candidate'))
    rows.push(toPickRow(finding, rollout));
  if (rows.length === 0) return [];
  const { stdin: input, stderr: output } = process;
  const screen = () => ({
    columns: getColumns(output),
    rows: getRows(output),
    bold: terminal.bold,
    dim: terminal.dim,
  });
  const picker = new Picker({ rows, draw: (state) => drawPicker(state, rollout, screen()), input, output });
  const picked = await picker.prompt();
  return isCancel(picked) ? undefined : picked;
}
