import { assembleDocument } from './document/assemble.ts';
import type { ReportDocument, Section } from './document/model.ts';
import { forHtml } from './escape.ts';
import { blockChunks, factList } from './html/blocks.ts';
import { inlineHtml } from './html/inline.ts';
import { PATTERNS } from './html/posture.ts';
import { styleOf } from './html/style.ts';
import type { RolloutRecord } from './record.ts';

/**
 * The report of one rollout as a single HTML file: no script, no request, and a policy that forbids both, so that
 * text from AWS could do nothing even if it got past the escape. The same content as `markdownReport`.
 */
export async function* htmlReport(record: RolloutRecord): AsyncGenerator<string> {
  const document = await assembleDocument(record);
  yield head(`${document.title}: ${record.rollout.id}`, styleOf(record.rollout.id));
  yield front(document);
  yield navigation(document.sections);
  yield '<main id="main">\n';
  for (const section of document.sections) yield* sectionChunks(section);
  yield `</main>\n</div>\n${foot(record)}</body>\n</html>\n`;
}

const policyOf = (hash: string): string =>
  `default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'`;

const head = (title: string, style: ReturnType<typeof styleOf>): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style.hash)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${forHtml(title)}</title>
<style>${style.text}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${PATTERNS}`;

const front = ({ title, lead, facts }: ReportDocument): string => `<header>
<p class="brand">Keyturn</p>
<h1>${forHtml(title)}</h1>
<p class="lead">${inlineHtml(lead)}</p>
${factList(facts)}</header>
`;

const navigation = (sections: readonly Section[]): string => `<div class="page">
<nav aria-label="Sections">
<ol>
${sections.map(({ id, title }) => `<li><a href="#${forHtml(id)}">${forHtml(title)}</a></li>\n`).join('')}</ol>
</nav>
`;

async function* sectionChunks({ id, title, blocks }: Section): AsyncGenerator<string> {
  yield `<section aria-labelledby="${forHtml(id)}">\n<h2 id="${forHtml(id)}">${forHtml(title)}</h2>\n`;
  for (const block of blocks) yield* blockChunks(block);
  yield '</section>\n';
}

const foot = ({ rollout }: RolloutRecord): string =>
  `<footer><p>Rollout ${inlineHtml({ code: rollout.id })}, written by Keyturn ${forHtml(rollout.keyturnVersion)} from its record. ` +
  'Every time is UTC.</p></footer>\n';
