import type { ConfigContext } from './context.js';

/** The reserved labels come first, sorted; a user's label of the same name is ignored, as upstream does. */
export function globalSection({ prometheus }: ConfigContext): Record<string, unknown> {
  const { spec, metadata } = prometheus;
  return {
    scrape_interval: spec.scrapeInterval ?? '30s',
    ...(spec.scrapeTimeout && { scrape_timeout: spec.scrapeTimeout }),
    external_labels: externalLabels(spec, `${metadata.namespace}/${metadata.name}`),
    evaluation_interval: spec.evaluationInterval ?? '30s',
  };
}

function externalLabels(spec: ConfigContext['prometheus']['spec'], id: string): Record<string, string> {
  const reserved: Record<string, string> = {};
  const prometheusLabel = spec.prometheusExternalLabelName ?? 'prometheus';
  const replicaLabel = spec.replicaExternalLabelName ?? 'prometheus_replica';
  if (prometheusLabel !== '') reserved[prometheusLabel] = id;
  if (replicaLabel !== '') reserved[replicaLabel] = '$(POD_NAME)';
  const all = { ...spec.externalLabels, ...reserved };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
