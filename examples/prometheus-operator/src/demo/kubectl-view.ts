import { request } from 'node:https';

/** How to reach the API server as kubectl would: by URL and client certificate, nothing of kubewright's. */
export interface Access {
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** What `kubectl get` prints: asks the server for a Table and lays it out. Lines have no trailing spaces. */
export async function kubectlGet(access: Access, path: string): Promise<string> {
  return print((await get(access, path, TABLE)) as Table);
}

/** A plain GET with a client certificate. @throws Error with the server's message for a status of 400 and more */
export function get(access: Access, path: string, accept = 'application/json'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { ca, certificate: cert, key } = access;
    const outgoing = request(new URL(path, access.server), { ca, cert, key, agent: false, headers: { accept } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`GET ${path}: ${response.statusCode} ${text.slice(0, 300)}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Columns of priority 0, upper-case heads, three spaces between columns, as k8s.io/cli-runtime's table printer lays them out. */
function print(table: Table): string {
  if (table.rows.length === 0) return 'No resources found';
  const shown = table.columnDefinitions.flatMap(({ name, priority }, index) => (priority === 0 ? [{ head: name.toUpperCase(), index }] : []));
  const lines = [shown.map(({ head }) => head), ...table.rows.map(({ cells }) => shown.map(({ index }) => cell(cells[index])))];
  const widths = shown.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)) + 3);
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column]!)).join('').trimEnd()).join('\n');
}

function cell(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
