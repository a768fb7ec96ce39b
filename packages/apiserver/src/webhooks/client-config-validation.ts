import { fieldInvalid, fieldRequired, parseGoUrl, validateDns1035Label, validateDns1123Subdomain, type FieldError } from '@kubewright/api';

import type { WebhookClientConfig } from './webhook-caller.js';

/** Problems of where a webhook is said to be; exactly one of url and service says it. `path` is that of the client configuration. */
export function validateClientConfig({ url, service }: WebhookClientConfig, path: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) return [fieldRequired(path, 'exactly one of url or service is required')];
  return url !== undefined ? validateUrl(url, `${path}.url`) : validateService(service!, `${path}.service`);
}

function validateUrl(url: string, path: string): FieldError[] {
  const form = '; desired format: https://host[/path]';
  const parts = parseGoUrl(url);
  if ('problem' in parts) return [fieldRequired(path, `url must be a valid URL: ${parts.problem}${form}`)];
  const { scheme, host, user, fragment, query } = parts;
  const errors: FieldError[] = [];
  if (scheme !== 'https') errors.push(fieldInvalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
  if (host === '') errors.push(fieldInvalid(path, '', `host must be specified${form}`));
  if (user !== undefined) errors.push(fieldInvalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(fieldInvalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(fieldInvalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

function validateService(service: NonNullable<WebhookClientConfig['service']>, path: string): FieldError[] {
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

/**
 * Problems of the versions of reviews that a webhook understands.
 * @param required what is told where there are none
 */
export function validateReviewVersions(versions: readonly string[], path: string, required = ''): FieldError[] {
  if (versions.length === 0) return [fieldRequired(path, required)];
  const errors = versions.flatMap((version, index) => {
    if (versions.indexOf(version) < index) return [fieldInvalid(`${path}[${index}]`, version, 'duplicate version')];
    return validateDns1035Label(version).map((problem) => fieldInvalid(`${path}[${index}]`, version, problem));
  });
  if (!versions.includes('v1') && !versions.includes('v1beta1')) errors.push(fieldInvalid(path, versions, 'must include at least one of v1, v1beta1'));
  return errors;
}
