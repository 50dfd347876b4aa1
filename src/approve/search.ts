/** What a term of a search can be about: `region:eu-west-1`, `tag:env=prod`. */
export const SEARCH_FIELDS = ['account', 'region', 'alias', 'stack', 'tag', 'key'] as const;
export type SearchField = (typeof SEARCH_FIELDS)[number];

/** What a key is found by, all in lower case; `any` is everything that a term without a field looks at. */
export type Searchable = Readonly<Record<SearchField | 'any', string>>;

/** Whether a key is among those that are looked for. */
export type Search = (key: Searchable) => boolean;

interface Term {
  readonly field: SearchField | 'any';
  readonly text: string;
  readonly isWanted: boolean;
}

/**
 * Reads a search as a person types it: terms with spaces between them that all have to hold, each a part of the text of
 * its field in any case. `-` before a term turns it round; quotes keep spaces. Nothing that can be typed is a mistake:
 * a field that does not exist is text to look for.
 */
export function parseSearch(query: string): Search {
  const terms = [...query.toLowerCase().matchAll(TERM)].flatMap(([word]) => readTerm(word));
  return (key) => terms.every(({ field, text, isWanted }) => key[field].includes(text) === isWanted);
}

/** A run without spaces, but for those between quotes; a quote that is not closed yet goes to the end. */
const TERM = /(?:[^\s"]|"[^"]*(?:"|$))+/g;

function readTerm(word: string): Term[] {
  const plain = word.replaceAll('"', '');
  const isWanted = !(plain.startsWith('-') && plain.length > 1);
  const said = isWanted ? plain : plain.slice(1);
  const [name = '', ...rest] = said.split(':');
  const field = SEARCH_FIELDS.find((each) => each === name);
  const isField = field !== undefined && rest.length > 0;
  const text = isField ? rest.join(':') : said;
  return text === '' ? [] : [{ field: isField ? field : 'any', text, isWanted }];
}
