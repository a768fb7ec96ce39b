import { fieldInvalid, type FieldError } from '@kubewright/api';

/** From the least to the most strict. */
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
/** A level of the Pod Security Standards. */
export type Level = (typeof LEVELS)[number];

/** Which standard pods are held to: `restricted:v1.30`. */
export interface Standard {
  readonly level: Level;
  /** Minor version of the checks; the newest there are when undefined. */
  readonly minor: number | undefined;
}

/** What a namespace does with pods that do not meet a standard. */
export interface NamespacePolicy {
  readonly enforce: Standard;
  readonly audit: Standard;
  readonly warn: Standard;
}

/** What the labels of a namespace that choose its levels begin with. */
export const LABEL_PREFIX = 'pod-security.kubernetes.io/';
const PRIVILEGED: Standard = { level: 'privileged', minor: undefined };

/**
 * The policy that a namespace's labels say. Labels that can not be read are told; until they are corrected the strictest is enforced and nobody
 * is warned.
 */
export function policyOf(labels: Readonly<Record<string, string>> = {}): { readonly policy: NamespacePolicy; readonly errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = (mode: string, fallback: Level): Standard & { readonly isSet: boolean; readonly isRight: boolean; readonly hasVersion: boolean } => {
    const [level, version] = [labels[LABEL_PREFIX + mode], labels[`${LABEL_PREFIX}${mode}-version`]];
    const isRight = level !== undefined && isLevel(level);
    if (level !== undefined && !isRight) errors.push(fieldInvalid(`metadata.labels[${LABEL_PREFIX}${mode}]`, level, `must be one of ${LEVELS.join(', ')}`));
    const minor = /^v1\.(0|[1-9]\d*)$/.exec(version ?? '')?.[1];
    if (version !== undefined && version !== 'latest' && minor === undefined) errors.push(fieldInvalid(`metadata.labels[${LABEL_PREFIX}${mode}-version]`, version, 'must be "latest" or "v1.x"'));
    return {
      level: level === undefined ? 'privileged' : isRight ? (level as Level) : fallback, minor: minor === undefined ? undefined : Number(minor),
      isSet: level !== undefined, isRight, hasVersion: version !== undefined,
    };
  };
  const enforce = read('enforce', 'restricted');
  const audit = read('audit', 'privileged');
  const warn = read('warn', 'privileged');
  // Who enforces is warned too, of workloads whose pods would be refused.
  const follows = !warn.isSet && enforce.isRight && isStricter(enforce.level, warn.level);
  const warned = follows ? { level: enforce.level, minor: warn.hasVersion ? warn.minor : enforce.minor } : warn;
  return { policy: { enforce: plain(enforce), audit: plain(audit), warn: plain(warned) }, errors };
}

/** The policy of a namespace that says nothing. */
export function isAllPrivileged({ enforce, audit, warn }: NamespacePolicy): boolean {
  return [enforce, audit, warn].every(({ level }) => level === PRIVILEGED.level);
}

/** Whether a level forbids more than another. */
export function isStricter(level: Level, than: Level): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than);
}

/** `baseline:latest` */
export function formatStandard({ level, minor }: Standard): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`;
}

function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}

function plain({ level, minor }: Standard): Standard {
  return { level, minor };
}
