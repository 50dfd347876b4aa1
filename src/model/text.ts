import * as z from 'zod';

/**
 * Text from AWS or from a file. Lone surrogates (possible in JSON's \u escapes) have no UTF-8 form and no
 * RFC 8785 form, so they become U+FFFD here, at the boundary; everything else is kept as it came.
 */
export const text = z.string().overwrite((value) => value.toWellFormed());

/** A point in time, ISO 8601 in UTC, as `Date.prototype.toISOString` writes it. */
export const timestamp = z.iso.datetime();
