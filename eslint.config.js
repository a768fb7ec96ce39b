import tseslint from 'typescript-eslint';

/** What only packages/platform may call: everything else takes Clock, Random and Scheduler as arguments (DESIGN: seams from day one). */
const seams = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({ name, message: 'Take a Clock (or Scheduler) of @kubewright/platform as an argument.' })),
];
const seamSyntax = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Take a Clock of @kubewright/platform.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock of @kubewright/platform.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Take a Random of @kubewright/platform.' },
  { selector: "MemberExpression[object.name='AbortSignal'][property.name='timeout']", message: 'Use Clock.timer of @kubewright/platform.' },
  { selector: "MemberExpression[property.name='randomUUID']", message: 'Take a Random of @kubewright/platform.' },
  { selector: "ImportSpecifier[imported.name='randomUUID']", message: 'Take a Random of @kubewright/platform.' },
];
const shape = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'templates/**', 'test/fixtures/**', '**/*.js', '**/*.mjs', '**/*.d.ts'] },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: ['packages/*/tsconfig.json', 'examples/*/tsconfig.json', 'tsconfig.test.json'], tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      'max-lines': ['error', { max: 400 }],
      'no-restricted-globals': ['error', ...seams],
      'no-restricted-syntax': ['error', ...seamSyntax, ...shape],
      'no-restricted-imports': ['error', { paths: [{ name: 'node:timers', message: 'Take a Clock.' }, { name: 'node:timers/promises', message: 'Take a Clock.' }, { name: 'node:perf_hooks', message: 'Take a Clock.' }] }],
      'no-debugger': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  {
    files: ['packages/platform/src/**/*.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off', 'no-restricted-syntax': ['error', ...shape] },
  },
  { files: ['packages/api/src/*/v*.ts', '**/src/generated/**'], rules: { 'max-lines': 'off' } },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.test.ts', 'test/**/*.ts'], rules: { 'max-lines': ['error', { max: 700 }] } },
);
