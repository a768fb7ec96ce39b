/** What a page on a decorator shows. */
export interface DecoratorExample {
  readonly about: string;
  readonly module: '@kubewright/api' | '@kubewright/runtime';
  readonly source: string;
  /** Which part of the output the page shows. */
  readonly shows: 'definition' | 'spec' | 'roles' | 'webhooks';
}

const api = (about: string, shows: DecoratorExample['shows'], source: string): DecoratorExample => ({ about, module: '@kubewright/api', shows, source });
const runtime = (about: string, source: string): DecoratorExample => ({ about, module: '@kubewright/runtime', shows: 'roles', source });

const WIDGET = `@CustomResource({ group: 'demo.example.com', version: 'v1' })
export class Widget {
  spec!: { size: Int32 };
  status?: { ready: boolean };
}`;

export const DECORATOR_EXAMPLES: Readonly<Record<string, DecoratorExample>> = {
  CustomResource: api(
    'Makes a class one version of a custom resource. Its members are the schema; classes with the same group and kind are versions of one definition.',
    'definition',
    `import { CustomResource, type Int32 } from '@kubewright/api';

/** Widget is a demo. */
@CustomResource({
  group: 'demo.example.com',
  version: 'v1',
  shortNames: ['wd'],
  categories: ['all'],
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  printColumns: [{ name: 'Replicas', path: '.spec.replicas' }, { name: 'Age', path: '.metadata.creationTimestamp' }],
  selectableFields: ['.spec.zone'],
})
export class Widget {
  spec!: { replicas: Int32; zone?: string };
  status?: { replicas: Int32 };
}`,
  ),
  Rule: api(
    'A rule in CEL on a class. Compiled, type-checked and costed by the generator. Rules on members are written with `@validation`.',
    'spec',
    `import { CustomResource, Rule, type Int32 } from '@kubewright/api';

@Rule('self.min <= self.max', 'min must not exceed max')
@Rule('!has(self.note) || self.note.size() < 10', { messageExpression: "'note too long'", reason: 'FieldValueForbidden', fieldPath: '.note' })
export class WidgetSpec {
  min!: Int32;
  max!: Int32;
  /** @maxLength 63 */
  note?: string;
}

@CustomResource({ group: 'demo.example.com', version: 'v1' })
export class Widget {
  spec!: WidgetSpec;
}`,
  ),
  ...Object.fromEntries(
    (
      [
        ['ExactlyOneOf', 'Exactly one of the members must be there. `OneOf<{ git: Git; oci: Oci }>` and `{ git: Git } | { oci: Oci }` say the same as types.'],
        ['AtMostOneOf', 'At most one of the members may be there.'],
        ['AtLeastOneOf', 'At least one of the members must be there.'],
      ] as const
    ).map(([name, about]) => [
      name,
      api(
        about,
        'spec',
        `import { ${name}, CustomResource } from '@kubewright/api';

@${name}('git', 'oci')
export class Source {
  git?: { url: string };
  oci?: { image: string };
}

@CustomResource({ group: 'demo.example.com', version: 'v1' })
export class Widget {
  spec!: { source: Source };
}`,
      ),
    ]),
  ),
  Rbac: api(
    'States what the program must be allowed to do. All rules of a project become one ClusterRole, in the normal form of controller-gen; a rule with a namespace goes into a Role there.',
    'roles',
    `import { Rbac } from '@kubewright/api';

@Rbac(
  { groups: [''], resources: ['configmaps', 'secrets'], verbs: ['get', 'list', 'watch'] },
  { groups: [''], resources: ['secrets'], resourceNames: ['tls'], verbs: ['update'] },
  { urls: ['/metrics'], verbs: ['get'] },
  { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'], namespace: 'system', roleName: 'leader-election' },
)
export class WidgetController {}`,
  ),
  ValidatingWebhook: api(
    'Declares an admission webhook that may refuse objects. Groups, resources, versions, name and path follow from the kind.',
    'webhooks',
    `import { CustomResource, ValidatingWebhook, type Int32 } from '@kubewright/api';

${WIDGET}

@ValidatingWebhook({ for: Widget, failurePolicy: 'Fail', verbs: ['create', 'update'] })
export class WidgetWebhook {}`,
  ),
  MutatingWebhook: api(
    'Declares an admission webhook that may change objects.',
    'webhooks',
    `import { CustomResource, MutatingWebhook, type Int32 } from '@kubewright/api';

${WIDGET}

@MutatingWebhook({ for: Widget, reinvocationPolicy: 'IfNeeded', matchConditions: [{ name: 'has-size', expression: 'has(object.spec.size)' }] })
export class WidgetWebhook {}`,
  ),
  Controller: runtime(
    'Makes a class the controller of a kind. It reads the kind and writes its status; with a `cleanup` method it sets a finalizer. The rules for both are inferred.',
    `import { CustomResource, type Int32 } from '@kubewright/api';
import { Controller } from '@kubewright/runtime';

${WIDGET}

@Controller(Widget)
export class WidgetController {
  async reconcile(): Promise<void> {}
  async cleanup(): Promise<void> {}
}`,
  ),
  Owns: runtime(
    'The controller makes children of a kind and hears of their changes. It may do everything with them.',
    `import { CustomResource, type Int32 } from '@kubewright/api';
import { Deployment } from '@kubewright/api/apps/v1';
import { Controller, Owns } from '@kubewright/runtime';

${WIDGET}

@Controller(Widget)
@Owns(Deployment)
export class WidgetController {
  async reconcile(): Promise<void> {}
}`,
  ),
  Watches: runtime(
    'The controller hears of changes of another kind. It may read it.',
    `import { CustomResource, type Int32 } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { Controller, Watches } from '@kubewright/runtime';

${WIDGET}

@Controller(Widget)
@Watches(ConfigMap, (configMap) => [])
export class WidgetController {
  async reconcile(): Promise<void> {}
}`,
  ),
  Dependent: runtime(
    'Declares children that the framework makes, updates and prunes.',
    `import { CustomResource, type Int32 } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { Controller, Dependent } from '@kubewright/runtime';

${WIDGET}

@Controller(Widget)
@Dependent(ConfigMap, { desired: () => ({ metadata: { name: 'a' } }) })
export class WidgetController {
  async reconcileObject(): Promise<void> {}
}`,
  ),
};
