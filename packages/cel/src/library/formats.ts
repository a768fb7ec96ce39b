import {
  isOfFormat, validateDns1035Label, validateDns1123Label, validateDns1123Subdomain, validateLabelValue, validateNamePrefix, validateQualifiedName,
} from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { ArrayList, OpaqueValue, OptionalValue } from '../value/value.js';

/** A named format of Kubernetes, against which strings can be checked. */
export class NamedFormat extends OpaqueValue {
  readonly typeName = 'kubernetes.NamedFormat';

  /** @param patternSize what the length of its regular expression counts for in costs */
  constructor(readonly name: string, readonly patternSize: number, readonly validate: (text: string) => readonly string[]) {
    super();
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
}

const known = (format: string, message: string) => (text: string): string[] => (isOfFormat(format, text) ? [] : [message]);

const FORMATS: Readonly<Record<string, NamedFormat>> = {
  dns1123Label: new NamedFormat('DNS1123Label', 30, validateDns1123Label),
  dns1123Subdomain: new NamedFormat('DNS1123Subdomain', 60, validateDns1123Subdomain),
  dns1035Label: new NamedFormat('DNS1035Label', 30, validateDns1035Label),
  qualifiedName: new NamedFormat('QualifiedName', 60, validateQualifiedName),
  dns1123LabelPrefix: new NamedFormat('DNS1123LabelPrefix', 30, (text) => validateNamePrefix(text, validateDns1123Label)),
  dns1123SubdomainPrefix: new NamedFormat('DNS1123SubdomainPrefix', 60, (text) => validateNamePrefix(text, validateDns1123Subdomain)),
  dns1035LabelPrefix: new NamedFormat('DNS1035LabelPrefix', 30, (text) => validateNamePrefix(text, validateDns1035Label)),
  labelValue: new NamedFormat('LabelValue', 40, validateLabelValue),
  uri: new NamedFormat('URI', 1_103, (text) => (isOfFormat('uri', text) && text !== '*' ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`])),
  uuid: new NamedFormat('uuid', 70, known('uuid', 'does not match the UUID format')),
  byte: new NamedFormat('byte', 84, known('byte', 'invalid base64')),
  date: new NamedFormat('date', 71, known('date', 'invalid date')),
  datetime: new NamedFormat('datetime', 71, known('date-time', 'invalid datetime')),
};

/** `format.dns1123Label().validate(name)`: no value, or what is wrong. */
export const FORMAT: readonly Overload[] = [
  ...Object.entries(FORMATS).map(([name, format]) => overload(`format.${name}(): NamedFormat`, () => format)),
  overload('format.named(string): optional(NamedFormat)', (name: string) => (Object.hasOwn(FORMATS, name) ? new OptionalValue(FORMATS[name]) : OptionalValue.none)),
  overload('NamedFormat.validate(string): optional(list(string))', (format: NamedFormat, text: string) => {
    const problems = format.validate(text);
    return problems.length === 0 ? OptionalValue.none : new OptionalValue(new ArrayList(problems));
  }),
];
