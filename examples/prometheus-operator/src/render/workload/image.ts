import type { PrometheusObject } from '../metadata.js';
import type { OperatorConfig } from '../../operator-config.js';
import type { Version } from '../../version.js';

/** The image as given, or the base image with the version as its tag. A base image that has a tag or digest is taken as it is. */
export function prometheusImage({ spec }: PrometheusObject, config: OperatorConfig, version: Version): string {
  if (spec.image) return spec.image;
  const base = config.prometheusBaseImage;
  const lastPart = base.slice(base.lastIndexOf('/') + 1);
  return /[:@]/.test(lastPart) ? base : `${base}:v${version}`;
}
