import { ERROR_CODES, type ErrorCodeInfo } from '@kubewright/runtime';
import { expect, it } from 'vitest';

/** The page is made from the table in the runtime; `pnpm check test/docs -u` writes it anew. */
it('docs/reference/errors.md is what the table of codes says', async () => {
  const rows = Object.entries<ErrorCodeInfo>(ERROR_CODES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, hint, retry }]) => `| \`${code}\` | ${meaning} | ${hint} | ${typeof retry === 'string' ? retry : `after ${retry.afterMs} ms`} |`);
  const page = [
    '# Error codes of the runtime',
    '',
    'Every error that the runtime throws is a `KubewrightError` with one of these codes, or an `ApiError` with the Status that the server answered. Decide on',
    'codes and reasons, never on texts. `retry` is what a controller does when a reconcile throws it: `backoff` tries again with growing delays, `never` waits for',
    'the next event.',
    '',
    '| code | what happened | what to try | retry |',
    '|---|---|---|---|',
    ...rows.map((row) => row.replaceAll('\n', ' ')),
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot('../../docs/reference/errors.md');
});
