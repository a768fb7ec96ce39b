import type { ConversionOptions } from '@kubewright/api';

import type { ResourceDeclaration } from '../collect/resources.js';
import type { Diagnostics } from '../diagnostic.js';

/** `spec.conversion` from the one setting of all versions; undefined when none has it. */
export function conversionOf(versions: readonly ResourceDeclaration[], diagnostics: Diagnostics): object | undefined {
  const [first, ...rest] = versions.filter((one) => one.options.conversion);
  if (!first?.options.conversion) return undefined;
  for (const other of rest)
    if (JSON.stringify(other.options.conversion) !== JSON.stringify(first.options.conversion))
      diagnostics.report(
        'KW1505',
        other.at('conversion'),
        `${first.options.version} and ${other.options.version} have conflicting conversion settings`,
        'state it at one version',
      );
  return webhookConversion(first.options.conversion, (key, message) => diagnostics.report('KW1505', first.at('conversion', key), message));
}

function webhookConversion(options: ConversionOptions, report: (key: string, message: string) => void): object {
  const { service, url, caBundle, reviewVersions = ['v1'] } = options;
  if ((service === undefined) === (url === undefined)) report('service', 'a conversion webhook is reached by a service, or by a url');
  if (service && (!service.name || !service.namespace)) report('service', 'the service needs a name and a namespace');
  if (service?.path !== undefined && !service.path.startsWith('/')) report('service', `the path ${service.path} must start with /`);
  if (url !== undefined && !url.startsWith('https://')) report('url', 'the url must start with https://');
  if (!reviewVersions.some((version) => version === 'v1' || version === 'v1beta1'))
    report('reviewVersions', 'must include at least one of v1, v1beta1');
  if (new Set(reviewVersions).size < reviewVersions.length) report('reviewVersions', 'a version is there twice');
  return {
    strategy: 'Webhook',
    webhook: {
      clientConfig: { ...(caBundle ? { caBundle } : {}), ...(service ? { service } : {}), ...(url ? { url } : {}) },
      conversionReviewVersions: reviewVersions,
    },
  };
}
