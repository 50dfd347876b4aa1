import * as z from 'zod';

/**
 * Text from AWS or from a file. Lone surrogates (possible in JSON's \u escapes) have no UTF-8 form and no
 * RFC 8785 form, so they become U+FFFD here, at the boundary; everything else is kept as it came.
 */
export const text = z.string().overwrite((value) => value.toWellFormed());

/** Text of others in at most `max` UTF-16 units, well-formed; what was cut off shows as an ellipsis. */
export function cutText(value: string, max: number): string {
  if (value.length <= max) return value.toWellFormed();
  const kept = value.slice(0, max - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '').toWellFormed()}…`;
}

const isTextByName = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string');

/** Text by a name that outside text gives, such as tags. `z.record` would drop the name `__proto__`, which AWS allows. */
export const textByName = z
  .custom<Readonly<Record<string, string>>>(isTextByName, 'must have names and texts')
  .transform(
    (given): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
      ),
  );

/**
 * A point in time, ISO 8601 in UTC, as `Date.prototype.toISOString` writes it: to the millisecond and in no other
 * spelling, so that the order of texts is that of times.
 */
export const timestamp = z.iso.datetime({ precision: 3 });

/**
 * What a reader cannot see, or what changes how the text round it is shown: controls (Cc), format characters
 * (Cf: bidi, zero-width, tags), lone surrogates (Cs), line and paragraph separators (Zl, Zp), other characters
 * without a shape (DI: fillers, variation selectors) and non-characters.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}]/gu;
