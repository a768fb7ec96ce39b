/** One problem of an object's field, as the server tells it (k8s.io/apimachinery/pkg/util/validation/field). */
export interface FieldError {
  readonly type:
    | 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueNotSupported' | 'FieldValueDuplicate' | 'FieldValueForbidden' | 'FieldValueTooLong'
    | 'FieldValueTooMany' | 'FieldValueTypeInvalid' | 'FieldValueNotFound' | 'InternalError';
  /** `spec.endpoints[0].port`; empty for the object itself. */
  readonly field: string;
  /** Without the field's name: `Invalid value: "x": must be …`. */
  readonly message: string;
}
