/** What is decided once for the whole operator, not for each object. */
export interface OperatorConfig {
  /** Version of Prometheus where an object names none. @default '3.13.2' */
  readonly defaultPrometheusVersion: string;
  /** @default 'quay.io/prometheus/prometheus' */
  readonly prometheusBaseImage: string;
  /** @default the image that belongs to this release of the upstream operator */
  readonly configReloaderImage: string;
  /** Request and limit of the config reloader's processor; `0` for none. @default '10m' */
  readonly configReloaderCpu: string;
  /** Request and limit of the config reloader's memory; `0` for none. @default '50Mi' */
  readonly configReloaderMemory: string;
  /** Name of the loopback interface. @default 'localhost' */
  readonly localHost: string;
  /** Labels of every object that is written. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of every object that is written. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The defaults of the upstream operator, v0.93.0. */
export const defaultOperatorConfig: OperatorConfig = {
  defaultPrometheusVersion: '3.13.2',
  prometheusBaseImage: 'quay.io/prometheus/prometheus',
  configReloaderImage: 'quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0',
  configReloaderCpu: '10m',
  configReloaderMemory: '50Mi',
  localHost: 'localhost',
  labels: {},
  annotations: {},
};

/** Token of the {@link OperatorConfig} in the container. */
export const OPERATOR_CONFIG = Symbol('operator configuration');
