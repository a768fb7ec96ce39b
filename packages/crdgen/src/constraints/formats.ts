/** Formats that kube-apiserver checks on strings; any other is ignored by it, with a warning to whoever applies the CRD. */
export const STRING_FORMATS: ReadonlySet<string> = new Set(
  `bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration
  datetime date-time k8s-short-name k8s-long-name`.split(/\s+/),
);

/** Formats of numbers. */
export const NUMBER_FORMATS: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double']);

/** What apimachinery's resource.Quantity looks like in a schema. */
export const QUANTITY_PATTERN =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';
