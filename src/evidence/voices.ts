import type { Approval, Decision } from '../model/approval.ts';

/** What one approver decided last on a key, and the approval that holds it. */
export interface Held {
  readonly decision: Decision;
  readonly approval: Pick<Approval, 'id' | 'at' | 'expiresAt'>;
  readonly approver: string;
  /** Of the highest one is in force. */
  readonly rank: string;
}

/**
 * The last decision of each approver on one key. A hostile journal can hold thousands on a key, and asks after each
 * which one is in force: they are kept in order, and what an approver has replaced is dropped when it comes to the top.
 */
export class Voices {
  readonly #last = new Map<string, Held>();
  /** In ascending order of rank. */
  readonly #ranked: Held[] = [];

  lastOf(approver: string): Held | undefined {
    return this.#last.get(approver);
  }

  add(held: Held): void {
    this.#last.set(held.approver, held);
    this.#ranked.splice(this.#positionOf(held.rank), 0, held);
  }

  /** The decision of the highest rank. */
  inForce(): Held | undefined {
    let top = this.#ranked.at(-1);
    while (top && this.#last.get(top.approver) !== top) {
      this.#ranked.pop();
      top = this.#ranked.at(-1);
    }
    return top;
  }

  #positionOf(rank: string): number {
    let [from, to] = [0, this.#ranked.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#ranked[middle]?.rank ?? '') < rank) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
