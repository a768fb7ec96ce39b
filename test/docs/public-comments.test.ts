import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'packages/runtime');
const entries = Object.values((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: Record<string, { '@kubewright/source': string }> }).exports)
  .map((target) => join(folder, target['@kubewright/source']));

it('every symbol that @kubewright/runtime exports has a doc comment', () => {
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config, ts.sys, folder);
  const program = ts.createProgram(entries, { ...config.options, noEmit: true, customConditions: ['@kubewright/source'] });
  const checker = program.getTypeChecker();
  const undocumented = entries.flatMap((entry) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!);
    expect(module, entry).toBeDefined();
    return checker.getExportsOfModule(module!).map((exported) => (exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported)).filter((symbol) => !isDocumented(symbol, checker)).map(where);
  });
  expect(undocumented).toEqual([]);
}, 60_000);

/** What other people's packages export they document themselves. Of a name that is a type and a value one comment will do. */
function isDocumented(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const own = symbol.declarations?.filter((declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/')) ?? [];
  return (own.length === 0 && (symbol.declarations?.length ?? 0) > 0) || symbol.getDocumentationComment(checker).length > 0;
}

function where(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0];
  const file = declaration?.getSourceFile();
  return file && declaration ? `${file.fileName.slice(root.length + 1)}:${file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1} ${symbol.name}` : symbol.name;
}
