/** Names of the objects that belong to a Prometheus; upstream's, so that both operators recognise each other's work. */
export const GOVERNING_SERVICE = 'prometheus-operated';

export const configSecretName = (prometheus: string): string => `prometheus-${prometheus}`;
export const tlsAssetsSecretName = (prometheus: string, index: number): string => `prometheus-${prometheus}-tls-assets-${index}`;
export const webConfigSecretName = (prometheus: string): string => `prometheus-${prometheus}-web-config`;
export const thanosClientSecretName = (prometheus: string): string => `prometheus-${prometheus}-thanos-prometheus-http-client-file`;
export const ruleConfigMapName = (prometheus: string, index: number): string => `prometheus-${prometheus}-rulefiles-${index}`;
export const databaseVolumeName = (prometheus: string): string => `prometheus-${prometheus}-db`;

/** The first shard has no number, so that a Prometheus without shards keeps its plain name. */
export const statefulSetName = (prometheus: string, shard: number): string => (shard === 0 ? `prometheus-${prometheus}` : `prometheus-${prometheus}-shard-${shard}`);
