import { pluralize } from '@kubewright/api';

import { CliError } from '../errors/cli-error.js';

/** The names of a new kind in all the forms that a template needs. */
export interface KindNames {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** `cron-job` for `CronJob`: file names. */
  readonly file: string;
  /** `cronJob` for `CronJob`: variables. */
  readonly variable: string;
}

/** @throws CliError naming everything that is wrong with the names */
export function kindNames(options: { group: string; version: string; kind: string; domain: string; plural?: string }): KindNames {
  const { version, kind, domain } = options;
  const problems: string[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(options.group)) problems.push(`group ${JSON.stringify(options.group)} must be lower-case letters, digits and dashes`);
  if (!/^v\d+((alpha|beta)\d+)?$/.test(version)) problems.push(`version ${JSON.stringify(version)} must look like v1, v1beta1 or v2alpha3`);
  if (!/^[A-Z][A-Za-z0-9]{0,62}$/.test(kind)) problems.push(`kind ${JSON.stringify(kind)} must be in CamelCase, like CronJob`);
  if (problems.length > 0) throw new CliError(problems.join('; '), 'Example: kubewright create api --group demo --version v1 --kind Widget');
  const file = kind.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2').toLowerCase();
  return { kind, group: `${options.group}.${domain}`, version, plural: options.plural ?? pluralize(kind.toLowerCase()), file, variable: kind[0]!.toLowerCase() + kind.slice(1) };
}
