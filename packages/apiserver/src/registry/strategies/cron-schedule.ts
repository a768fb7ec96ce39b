/** The fields of a schedule: lowest and highest value, and names for values. */
const FIELDS: readonly (readonly [min: number, max: number, names?: readonly string[]])[] = [
  [0, 59], [0, 23], [1, 31],
  [1, 12, ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']],
  [0, 6, ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
];
const DESCRIPTORS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** What is wrong with a schedule of cron (robfig/cron, standard form), in its words. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule === '') return 'empty spec string';
  if (schedule.startsWith('@')) return descriptorProblem(schedule);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return `expected exactly ${FIELDS.length} fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [index, part] of parts.entries()) {
    for (const range of part.split(',').filter((text) => text !== '')) {
      const problem = rangeProblem(range, FIELDS[index]!);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function descriptorProblem(schedule: string): string | undefined {
  if (DESCRIPTORS.has(schedule)) return undefined;
  const every = /^@every (.*)$/.exec(schedule);
  if (!every) return `unrecognized descriptor: ${schedule}`;
  return /^[+-]?(\d+(\.\d*)?(ns|us|\u00b5s|ms|s|m|h))+$/.test(every[1]!) ? undefined : `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(every[1])}`;
}

function rangeProblem(text: string, [min, max, names]: (typeof FIELDS)[number]): string | undefined {
  const [range = '', ...steps] = text.split('/');
  const bounds = range.split('-');
  let [start, end] = [min, max];
  if (bounds[0] !== '*' && bounds[0] !== '?') {
    const first = valueOf(bounds[0]!, names);
    if (typeof first === 'string') return first;
    [start, end] = [first, first];
    if (bounds.length > 2) return `too many hyphens: ${text}`;
    if (bounds.length === 2) {
      const last = valueOf(bounds[1]!, names);
      if (typeof last === 'string') return last;
      end = last;
    }
  }
  if (steps.length > 1) return `too many slashes: ${text}`;
  let step = 1;
  if (steps.length === 1) {
    const given = valueOf(steps[0]!, undefined);
    if (typeof given === 'string') return given;
    step = given;
    if (bounds.length === 1) end = max;
  }
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${text}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  return step === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

/** A text is the problem. */
function valueOf(text: string, names: readonly string[] | undefined): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (names && named >= 0) return names.length === 12 ? named + 1 : named;
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  return Number(text) < 0 ? `negative number (${text}) not allowed: ${text}` : Number(text);
}
