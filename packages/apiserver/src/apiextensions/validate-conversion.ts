import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, validateDns1035Label, validateDns1123Subdomain, type FieldError } from '@kubewright/api';

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
    else errors.push(...validateClientConfig(webhook.clientConfig, options));
    return [...errors, ...validateReviewVersions(versions)];
  }
  const misplaced = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig !== undefined) errors.push(fieldForbidden(`${PATH}.webhookClientConfig`, misplaced));
  if (versions.length > 0) errors.push(fieldForbidden(`${PATH}.conversionReviewVersions`, misplaced));
  return errors;
}

function validateClientConfig(config: ClientConfig, options: { readonly allowInvalidCaBundle: boolean }): FieldError[] {
  const path = `${PATH}.webhookClientConfig`;
  const { url, service, caBundle } = config;
  const errors: FieldError[] = [];
  if ((url === undefined) === (service === undefined)) errors.push(fieldRequired(path, 'exactly one of url or service is required'));
  else if (url !== undefined) errors.push(...validateUrl(url, `${path}.url`));
  else errors.push(...validateService(service!, `${path}.service`));
  if (caBundle && !options.allowInvalidCaBundle && !holdsCertificate(caBundle)) {
    errors.push(fieldInvalid(`${path}.caBundle`, caBundle, 'unable to load root certificates: unable to parse bytes as PEM block'));
  }
  return errors;
}

function holdsCertificate(caBundle: string): boolean {
  return /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(Buffer.from(caBundle, 'base64').toString('latin1'));
}

function validateUrl(url: string, path: string): FieldError[] {
  const form = '; desired format: https://host[/path]';
  const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/su.exec(url);
  if (!parts || /[\u0000-\u001f\u007f ]/.test(url)) return [fieldRequired(path, `url must be a valid URL: parse ${JSON.stringify(url)}: net/url: invalid control character in URL${form}`)];
  const [, scheme = '', authority = '', , query = '', fragment = ''] = parts;
  const at = authority.lastIndexOf('@');
  const errors: FieldError[] = [];
  if (scheme !== 'https') errors.push(fieldInvalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
  if (authority.slice(at + 1) === '') errors.push(fieldInvalid(path, '', `host must be specified${form}`));
  if (at >= 0) errors.push(fieldInvalid(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(fieldInvalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(fieldInvalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

function validateService(service: NonNullable<ClientConfig['service']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!service.name) errors.push(fieldRequired(`${path}.name`));
  if (!service.namespace) errors.push(fieldRequired(`${path}.namespace`));
  const { port } = service;
  if (port !== undefined && (port < 1 || port > 65_535)) errors.push(fieldInvalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  if (service.path !== undefined) errors.push(...validatePath(service.path, `${path}.path`));
  return errors;
}

function validatePath(urlPath: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (urlPath === '/' || urlPath === '') return errors;
  if (urlPath === '//') return [fieldInvalid(path, urlPath, 'segment[0] may not be empty')];
  if (!urlPath.startsWith('/')) errors.push(fieldInvalid(path, urlPath, "must start with a '/'"));
  const trimmed = urlPath.endsWith('/') ? urlPath.slice(1, -1) : urlPath.slice(1);
  trimmed.split('/').forEach((segment, index) => {
    if (segment === '') errors.push(fieldInvalid(path, urlPath, `segment[${index}] may not be empty`));
    else errors.push(...validateDns1123Subdomain(segment).map((problem) => fieldInvalid(path, urlPath, `segment[${index}]: ${problem}`)));
  });
  return errors;
}

function validateReviewVersions(versions: readonly string[]): FieldError[] {
  const path = `${PATH}.conversionReviewVersions`;
  if (versions.length === 0) return [fieldRequired(path)];
  const errors = versions.flatMap((version, index) => {
    if (versions.indexOf(version) < index) return [fieldInvalid(`${path}[${index}]`, version, 'duplicate version')];
    return validateDns1035Label(version).map((problem) => fieldInvalid(`${path}[${index}]`, version, problem));
  });
  if (!versions.includes('v1') && !versions.includes('v1beta1')) errors.push(fieldInvalid(path, versions, 'must include at least one of v1, v1beta1'));
  return errors;
}
