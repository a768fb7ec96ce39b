import type { UserInfo } from '@kubewright/apiserver';

import { FlagError } from './flags.js';

/** The users of a `--token-auth-file`: lines of `token,user,uid,"group1,group2"`; groups may be left out. @throws FlagError that names the line */
export function readTokenFile(text: string, file: string): Record<string, UserInfo> {
  const users: [string, UserInfo][] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [token = '', name, uid, groups = ''] = fields(line);
    if (name === undefined || uid === undefined) throw new FlagError(`--token-auth-file: line ${index + 1} of ${file} needs token, user and uid`);
    if (token === '') continue;
    users.push([token, { name, ...(uid !== '' && { uid }), groups: groups.split(',').map((group) => group.trim()).filter((group) => group !== '') }]);
  }
  return Object.fromEntries(users);
}

/** One line of CSV: a field in quotation marks may hold commas, and quotation marks doubled. */
function fields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.trim() ?? '');
}
