import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';

/** Imports run one way: model ← phases ← workflow ← cli (docs/decisions/0001-layout.md). */
const PHASES = 'assess|approve|configure|validate';
const PURE = `${PHASES}|evidence|report`;

export const rules: IForbiddenRuleType[] = [
  {
    name: 'no-cycles',
    comment: 'A cycle has no first file to read.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'model-imports-nothing-of-ours',
    comment: 'The model is what everything else agrees on.',
    severity: 'error',
    from: { path: '^src/model/' },
    to: { path: '^(src|sandbox)/', pathNot: '^src/model/' },
  },
  {
    name: 'phases-never-import-each-other',
    comment: 'Phases meet in a workflow, which hands each what it needs.',
    severity: 'error',
    from: { path: `^src/(${PHASES}|report)/` },
    to: { path: `^src/(${PURE})/`, pathNot: '^src/$1/' },
  },
  {
    name: 'evidence-derives-by-the-rules-of-the-phases',
    comment: 'A checker recomputes what follows from the facts. It renders nothing.',
    severity: 'error',
    from: { path: '^src/evidence/' },
    to: { path: '^src/report/' },
  },
  {
    name: 'pure-code-stays-pure',
    comment: 'Decisions see the model and nothing of the world: they can be tested over every input.',
    severity: 'error',
    from: { path: `^src/(${PURE})/` },
    to: { path: `^src/`, pathNot: `^src/(model|${PURE})/` },
  },
  {
    name: 'pure-code-does-no-io',
    comment: 'No file, network, process or clock in what decides.',
    severity: 'error',
    from: { path: `^src/(model|${PURE}|messages)/` },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  },
  {
    name: 'workflows-are-handed-the-world',
    comment:
      'A workflow gets AWS, the store and the files from its host, so that tests and engines can give others.',
    severity: 'error',
    from: { path: '^src/workflow/' },
    to: { path: '^src/(aws|store|files|cli|web)/' },
  },
  {
    name: 'phases-of-the-workflow-do-not-import-each-other',
    comment:
      'What several phases need is in rollout/ or reading/. Waves validate what they changed, and verify makes a report anew.',
    severity: 'error',
    from: { path: `^src/workflow/(${PHASES}|report|verify|rollout|reading)/` },
    to: {
      path: '^src/workflow/[a-z]+/',
      pathNot: [
        '^src/workflow/$1/',
        '^src/workflow/(rollout|reading)/',
        '^src/workflow/validate/validate\\.ts$',
        '^src/workflow/report/report-files\\.ts$',
      ],
    },
  },
  {
    name: 'what-phases-share-imports-no-phase',
    comment: 'A rollout and the reading of a key are below the phases.',
    severity: 'error',
    from: { path: '^src/workflow/(rollout|reading)/' },
    to: { path: `^src/workflow/(${PHASES}|report|verify)/` },
  },
  {
    name: 'adapters-know-only-the-ports',
    comment: 'aws/, store/ and files/ provide what workflow/ports.ts asks for, and see no rule of ours.',
    severity: 'error',
    from: { path: '^src/(aws|store|files)/' },
    to: { path: '^src/', pathNot: '^src/(model|messages|aws|store|files)/|^src/workflow/ports\\.ts$' },
  },
  {
    name: 'adapters-know-not-each-other',
    comment: 'AWS, the store and the files are independent of each other.',
    severity: 'error',
    from: { path: '^src/(aws|store|files)/' },
    to: { path: '^src/(aws|store|files)/', pathNot: '^src/$1/' },
  },
  {
    name: 'only-aws-imports-the-sdk',
    comment: "AWS's answers are parsed in one place.",
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/aws/' },
    to: { path: '@aws-sdk|@smithy|node_modules/undici' },
  },
  {
    name: 'only-the-store-imports-a-database',
    comment: 'One schema, one place for transactions.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/store/' },
    to: { path: 'node_modules/kysely|^(node:)?sqlite$' },
  },
  {
    name: 'only-files-imports-the-file-system',
    comment:
      'Modes, atomic writes and size limits live in one place. The store only asks the disk why SQLite failed.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(files/|store/disk\\.ts$)' },
    to: { path: '^(node:)?fs(/promises)?$' },
  },
  {
    name: 'the-sandbox-disagrees-freely',
    comment: "The sandbox is written from AWS's documentation and must be able to contradict the product.",
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { path: '^src/' },
  },
  {
    name: 'only-its-command-imports-the-sandbox',
    comment: 'The product never depends on its test double.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/cli/commands/sandbox\\.ts$' },
    to: { path: '^sandbox/' },
  },
  {
    name: 'nobody-imports-the-hosts',
    comment: 'The command line is the outermost layer.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/cli/' },
    to: { path: '^src/cli/' },
  },
  {
    name: 'commands-do-not-import-commands',
    comment:
      'A command is its options, a phase and what is shown. What two share is in cli/phases/ or cli/show/.',
    severity: 'error',
    from: { path: '^src/cli/commands/' },
    to: { path: '^src/cli/commands/' },
  },
  {
    name: 'only-the-command-line-starts-the-page',
    comment: 'The page is a host like the command line: nothing depends on how it answers.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(cli|web)/' },
    to: { path: '^src/web/' },
  },
  {
    name: 'the-page-is-handed-the-world',
    comment: 'What serves a browser reaches AWS, the store and the files only through what it is given.',
    severity: 'error',
    from: { path: '^src/web/' },
    to: { path: '^(src/(aws|store|files|cli)|sandbox|ui)/' },
  },
  {
    name: 'only-the-page-imports-a-web-server',
    comment: 'One door, with one set of guards.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/web/' },
    to: { path: 'node_modules/(hono|@hono)/|^(node:)?(http|https|http2)$' },
  },
  {
    name: 'the-browser-shares-words-only',
    comment:
      'Of the product, the page in the browser knows its words and the one escape: nothing that does something.',
    severity: 'error',
    from: { path: '^ui/' },
    to: {
      path: '^(src|sandbox)/',
      pathNot: '^src/model/|^src/report/escape\\.ts$|^src/web/shapes\\.ts$',
    },
  },
];

export const options: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
  tsConfig: { fileName: 'tsconfig.json' },
  parser: 'swc',
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
};
