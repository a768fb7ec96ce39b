import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '@kubewright/api';

import { validateClientConfig, validateReviewVersions } from '../webhooks/client-config-validation.js';
import type { Definition } from './definition.js';

type Conversion = NonNullable<Definition['spec']['conversion']>;
type ClientConfig = NonNullable<NonNullable<Conversion['webhook']>['clientConfig']>;

const PATH = 'spec.conversion';

/** Problems of `spec.conversion`. The paths are those of the server's internal type, which has no `webhook` in between. */
export function validateConversion(conversion: Conversion | undefined, options: { readonly allowInvalidCaBundle: boolean }): FieldError[] {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  const errors: FieldError[] = [];
  if (!strategy) errors.push(fieldRequired(`${PATH}.strategy`));
  else if (strategy !== 'None' && strategy !== 'Webhook') errors.push(fieldNotSupported(`${PATH}.strategy`, strategy, ['None', 'Webhook']));

  const versions = webhook?.conversionReviewVersions ?? [];
  if (strategy === 'Webhook') {
    if (webhook?.clientConfig === undefined) errors.push(fieldRequired(`${PATH}.webhookClientConfig`, 'required when strategy is set to Webhook'));
    else errors.push(...validateClientConfig(withNamesSwapped(webhook.clientConfig), `${PATH}.webhookClientConfig`), ...validateCaBundle(webhook.clientConfig, options));
    return [...errors, ...validateReviewVersions(versions, `${PATH}.conversionReviewVersions`)];
  }
  const misplaced = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig !== undefined) errors.push(fieldForbidden(`${PATH}.webhookClientConfig`, misplaced));
  if (versions.length > 0) errors.push(fieldForbidden(`${PATH}.conversionReviewVersions`, misplaced));
  return errors;
}

/** The real server hands name and namespace over in the wrong order: what is missing is told of the other one. */
function withNamesSwapped({ service, ...config }: ClientConfig): ClientConfig {
  if (service === undefined) return config;
  const { name, namespace } = service;
  return { ...config, service: { ...service, name: namespace, namespace: name } };
}

function validateCaBundle({ caBundle }: ClientConfig, options: { readonly allowInvalidCaBundle: boolean }): FieldError[] {
  if (!caBundle || options.allowInvalidCaBundle || holdsCertificate(caBundle)) return [];
  return [fieldInvalid(`${PATH}.webhookClientConfig.caBundle`, caBundle, 'unable to load root certificates: unable to parse bytes as PEM block')];
}

function holdsCertificate(caBundle: string): boolean {
  return /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(Buffer.from(caBundle, 'base64').toString('latin1'));
}
