import { CliError } from '../errors/cli-error.js';

/**
 * Puts `line` in front of the marker comment `// kubewright:NAME`, at the marker's indentation. A line that is there already is not
 * repeated. @throws CliError when the marker is gone, with the line that has to be added by hand
 */
export function insertAtMarker(path: string, content: string, marker: string, line: string): string {
  const match = new RegExp(`^([ \\t]*)// kubewright:${marker}\\b.*$`, 'm').exec(content);
  if (!match) throw new CliError(`${path} has no line "// kubewright:${marker}"`, `Nothing was written. Put the marker back where this belongs, or add it by hand: ${line}`);
  if (content.split('\n').some((each) => each.trim() === line)) return content;
  return `${content.slice(0, match.index)}${match[1]}${line}\n${content.slice(match.index)}`;
}
