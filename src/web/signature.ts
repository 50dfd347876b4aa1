import { WebError } from './error.ts';
import type { Approver, ReviewHost, SignatureRequest } from './host.ts';

/** Less than a browser waits for an answer. */
const ASKED_FOR_MS = 4 * 60_000;

/** Asks the approver, outside of the page and one question at a time, before anything is signed. */
export type ConfirmSignature = (
  approver: Approver,
  request: SignatureRequest,
  gone: AbortSignal,
) => Promise<void>;

/** @throws WebError `already-asked`, or `not-signed` if the approver refused, did not answer or left the page */
export function openSignatures({ signal }: Pick<ReviewHost, 'signal'>): ConfirmSignature {
  let isAsked = false;
  return async ({ signing }, request, gone) => {
    if (!signing) return;
    if (isAsked) throw alreadyAsked();
    isAsked = true;
    try {
      const until = AbortSignal.any([signal, gone, AbortSignal.timeout(ASKED_FOR_MS)]);
      if (!(await signing.confirm(request, until))) throw notSigned();
    } finally {
      isAsked = false;
    }
  };
}

const alreadyAsked = (): WebError =>
  new WebError(
    'already-asked',
    'The terminal is asking about another decision. Nothing was recorded.',
    'Answer that question in the terminal first, then confirm again.',
  );

const notSigned = (): WebError =>
  new WebError(
    'not-signed',
    'The signature was not confirmed in the terminal. Nothing was recorded.',
    'Decide again, and type the number of keys in the terminal that runs keyturn review.',
  );
