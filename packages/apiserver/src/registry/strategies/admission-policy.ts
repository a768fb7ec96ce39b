import { fieldDuplicate, fieldInvalid, fieldRequired, validateDns1035Label, type FieldError } from '@kubewright/api';
import type {
  AuditAnnotation, MutatingAdmissionPolicySpec, Mutation, ParamKind, ValidatingAdmissionPolicySpec, Validation, Variable,
} from '@kubewright/api/admissionregistration/v1';

import { Composition } from '../../expressions/composition.js';
import { BOOL } from '../../expressions/compiled-expression.js';
import type { KindRules } from '../builtin-strategy.js';
import { qualifiedNameProblems, subdomainProblems } from '../names.js';
import { defaultMatchResources, oneOf, validateMatchResources } from './match-rules.js';
import { validateConditions } from './match-conditions.js';
import { specOf } from './workload.js';

type PolicySpec = ValidatingAdmissionPolicySpec & MutatingAdmissionPolicySpec;

/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy (k8s.io/kubernetes/pkg/apis/admissionregistration/validation). */
export function admissionPolicyRules(isMutating: boolean): KindRules {
  return {
    hasGeneration: true,
    defaults(object) {
      const spec = specOf(object) as PolicySpec;
      spec.failurePolicy ??= 'Fail';
      if (spec.matchConstraints) defaultMatchResources(spec.matchConstraints);
    },
    validate(object) {
      const spec = specOf(object) as PolicySpec;
      const { paramKind, variables = [] } = spec;
      const composition = new Composition(paramKind !== undefined, variables.length > 0);
      return [
        ...oneOf('spec.failurePolicy', spec.failurePolicy, ['Fail', 'Ignore']),
        ...(paramKind ? validateParamKind(paramKind) : []),
        ...validateConstraints(spec, isMutating),
        ...validateConditions(spec.matchConditions ?? [], 'spec.matchConditions', paramKind !== undefined),
        ...variables.flatMap((variable, index) => validateVariable(variable, `spec.variables[${index}]`, composition)),
        ...(isMutating ? validateMutations(spec, composition) : validateValidations(spec, object.metadata.name ?? '', composition)),
      ];
    },
  };
}

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind): FieldError[] {
  const errors: FieldError[] = [];
  const at = 'spec.paramKind.apiVersion';
  const parts = apiVersion.split('/');
  if (apiVersion === '') errors.push(fieldRequired(at));
  else if (parts.length > 2) errors.push(fieldInvalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const [group, version] = parts.length === 2 ? (parts as [string, string]) : ['', apiVersion];
    const problems = group === '' ? [] : subdomainProblems(group);
    if (problems.length > 0) errors.push(fieldInvalid(at, group, problems.join(',')));
    if (version === '') errors.push(fieldInvalid(at, apiVersion, 'version must be specified'));
    else if (validateDns1035Label(version).length > 0) errors.push(fieldInvalid(at, version, validateDns1035Label(version).join(',')));
  }
  if (kind === '') errors.push(fieldRequired('spec.paramKind.kind'));
  else {
    const problems = validateDns1035Label(kind.toLowerCase());
    if (problems.length > 0) errors.push(fieldInvalid('spec.paramKind.kind', kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`));
  }
  return errors;
}

const MUTABLE: readonly string[] = ['*', 'CONNECT', 'CREATE', 'UPDATE'];

function validateConstraints({ matchConstraints }: PolicySpec, isMutating: boolean): FieldError[] {
  if (!matchConstraints) return [fieldRequired('spec.matchConstraints')];
  const { resourceRules = [] } = matchConstraints;
  const operations = isMutating ? resourceRules.flatMap((rule) => rule.operations ?? []) : [];
  return [
    ...validateMatchResources(matchConstraints, 'spec.matchConstraints'),
    ...(resourceRules.length === 0 ? [fieldRequired('spec.matchConstraints.resourceRules')] : []),
    ...operations.flatMap((operation) => oneOf('spec.matchConstraints.resourceRules.operations', operation, MUTABLE)),
  ];
}

function validateVariable({ name = '', expression = '' }: Variable, at: string, composition: Composition): FieldError[] {
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(fieldRequired(`${at}.name`, 'name is not specified'));
  else if (!isIdentifier(name)) errors.push(fieldInvalid(`${at}.name`, name, 'must be a valid CEL identifier'));
  if (expression.trim() === '') return [...errors, fieldRequired(`${at}.expression`, 'expression is not specified')];
  return [...errors, ...asInvalid(`${at}.expression`, expression, composition.addVariable(name, expression).problem)];
}

const RESERVED: ReadonlySet<string> = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
]);

function isIdentifier(name: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !RESERVED.has(name);
}

const NOTHING = 'validations or auditAnnotations must contain at least one item';
const MOST_ANNOTATIONS = 20;

function validateValidations({ validations = [], auditAnnotations = [] }: PolicySpec, policy: string, composition: Composition): FieldError[] {
  if (validations.length === 0 && auditAnnotations.length === 0) return [fieldRequired('spec.validations', NOTHING), fieldRequired('spec.auditAnnotations', NOTHING)];
  const errors = validations.flatMap((validation, index) => validateValidation(validation, `spec.validations[${index}]`, composition));
  if (auditAnnotations.length > MOST_ANNOTATIONS) errors.push(fieldInvalid('spec.auditAnnotations', auditAnnotations, `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`));
  const keys = new Set<string>();
  auditAnnotations.forEach((annotation, index) => {
    const at = `spec.auditAnnotations[${index}]`;
    errors.push(...validateAnnotation(annotation, at, policy, composition));
    if (keys.has(annotation.key)) errors.push(fieldDuplicate(`${at}.key`, annotation.key));
    keys.add(annotation.key);
  });
  return errors;
}

const REASONS: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

function validateValidation({ expression = '', message = '', messageExpression = '', reason }: Validation, at: string, composition: Composition): FieldError[] {
  const errors: FieldError[] = [];
  if (expression.trim() === '') errors.push(fieldRequired(`${at}.expression`, 'expression is not specified'));
  else errors.push(...asInvalid(`${at}.expression`, expression, composition.compile(expression, BOOL).problem));
  if (messageExpression !== '' && messageExpression.trim() === '') errors.push(fieldInvalid(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  else if (messageExpression !== '') errors.push(...asInvalid(`${at}.messageExpression`, messageExpression, composition.compile(messageExpression, ['string'], { authorizer: false }).problem));
  if (message !== '' && message.trim() === '') errors.push(fieldInvalid(`${at}.message`, message, 'must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim())) errors.push(fieldInvalid(`${at}.message`, message, 'must not contain line breaks'));
  return [...errors, ...oneOf(`${at}.reason`, reason, REASONS)];
}

const LONGEST_ANNOTATION = 5 * 1024;

function validateAnnotation({ key = '', valueExpression = '' }: AuditAnnotation, at: string, policy: string, composition: Composition): FieldError[] {
  const fullKey = `${policy}/${key}`;
  const errors = policy === '' ? [fieldInvalid(`${at}.key`, key, 'requires metadata.name be non-empty')] : qualifiedNameProblems(fullKey).map((problem) => fieldInvalid(`${at}.key`, fullKey, problem));
  const field = `${at}.valueExpression`;
  const trimmed = valueExpression.trim();
  if (trimmed === '') return [...errors, fieldRequired(field, 'valueExpression is not specified')];
  if (Buffer.byteLength(trimmed) > LONGEST_ANNOTATION) return [...errors, fieldRequired(field, `must not exceed ${LONGEST_ANNOTATION} bytes in length`)];
  return [...errors, ...asInvalid(field, valueExpression, composition.compile(trimmed, ['string', 'null_type']).problem)];
}

function validateMutations({ mutations = [], reinvocationPolicy }: PolicySpec, composition: Composition): FieldError[] {
  const errors = mutations.length === 0 ? [fieldRequired('spec.mutations', 'mutations must contain at least one item')] : [];
  errors.push(...mutations.flatMap((mutation, index) => validateMutation(mutation, `spec.mutations[${index}]`, composition)));
  if (!reinvocationPolicy) return [...errors, fieldRequired('spec.reinvocationPolicy')];
  return [...errors, ...oneOf('spec.reinvocationPolicy', reinvocationPolicy, ['IfNeeded', 'Never'])];
}

/** The field of a mutation that its type is about, and the type of its expression. */
const PATCHES = [['ApplyConfiguration', 'applyConfiguration', 'Object'], ['JSONPatch', 'jsonPatch', 'list(JSONPatch)']] as const;

function validateMutation(mutation: Mutation, at: string, composition: Composition): FieldError[] {
  const { patchType } = mutation;
  const chosen = PATCHES.find(([name]) => name === patchType);
  if (!patchType) return [fieldRequired(`${at}.patchType`)];
  if (!chosen) return oneOf(`${at}.patchType`, patchType, PATCHES.map(([name]) => name));
  const errors: FieldError[] = [];
  const [name, field, type] = chosen;
  const given = mutation[field];
  if (!given) errors.push(fieldRequired(`${at}.${field}`, `must be specified when patchType is ${name}`));
  else if ((given.expression ?? '').trim() === '') errors.push(fieldRequired(`${at}.${field}.expression`));
  else errors.push(...asInvalid(`${at}.${field}.expression`, given.expression!, composition.compile(given.expression!, [type], { patches: true }).problem));
  for (const [, other] of PATCHES) {
    if (other === field || !mutation[other]) continue;
    // The real server shows the name of the field where everything else shows the value.
    errors.push(fieldInvalid(`${at}.${other}`, `{${other}}`, `must not be specified when patchType is ${name}`));
  }
  return errors;
}

function asInvalid(field: string, expression: string, problem: string | undefined): FieldError[] {
  return problem === undefined ? [] : [fieldInvalid(field, expression, problem)];
}
