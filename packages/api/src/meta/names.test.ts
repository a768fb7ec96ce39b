import { describe, expect, it } from 'vitest';

import {
  validateDns1035Label, validateDns1123Label, validateDns1123Subdomain, validateLabelValue, validateNamePrefix, validatePathSegmentName, validateQualifiedName,
} from './names.js';

// The texts are those that a kube-apiserver 1.36 answered with.
describe('names', () => {
  const label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  const subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  const dns1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
  const namePart = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const labelValue = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

  it.each([
    [validateDns1123Label, 'web-1', []],
    [validateDns1123Label, 'a.b', ['must not contain dots']],
    [validateDns1123Label, 'A', [label]],
    [validateDns1123Label, 'a'.repeat(64), ['must be no more than 63 characters']],
    [validateDns1123Subdomain, 'a.b-c', []],
    [validateDns1123Subdomain, 'a..b', [subdomain]],
    [validateDns1123Subdomain, '', [subdomain]],
    [validateDns1123Subdomain, 'a'.repeat(254), ['must be no more than 253 characters']],
    [validateDns1035Label, 'widgets', []],
    [validateDns1035Label, '1a', [dns1035]],
    [validateQualifiedName, 'example.com/My.Name', []],
    [validateQualifiedName, 'example.com/', ['name part must be non-empty', namePart]],
    [validateQualifiedName, '/a', ['prefix part must be non-empty']],
    [validateQualifiedName, 'A/a', [`prefix part ${subdomain}`]],
    [validateQualifiedName, 'a'.repeat(64), ['name part must be no more than 63 bytes']],
    [validateQualifiedName, 'a/b/c', [`a valid label key ${namePart.replace('name part ', '')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]],
    [validateLabelValue, '', []],
    [validateLabelValue, '-a', [labelValue]],
    [validateLabelValue, 'v'.repeat(64), ['must be no more than 63 bytes']],
    [validatePathSegmentName, 'system:Foo_x', []],
    [validatePathSegmentName, '..', ["may not be '..'"]],
    [validatePathSegmentName, 'a%b', ["may not contain '%'"]],
  ])('%o of %j', (validate, value, messages) => {
    expect(validate(value)).toEqual(messages);
  });

  it('may end in a dash as a prefix', () => {
    expect(validateNamePrefix('web-', validateDns1123Label)).toEqual([]);
    expect(validateNamePrefix('Bad_', validateDns1123Label)).toEqual([label]);
  });
});
