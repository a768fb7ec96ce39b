import { CustomResource, type Condition, type KubeObject } from '@kubewright/api';

/** A kind of the tests' own. Its definition is written by hand, so that no generator takes part. */
@CustomResource({ group: 'demo.example.com', version: 'v1' })
export class Widget {
  spec!: { size: number; colour?: 'red' | 'green'; replicas?: number; parts?: { name: string; weight?: number }[] };
  status?: { size?: number; replicas?: number; conditions?: Condition[] };
}

/** An object of the kind, as it is sent. */
export function widget(name: string, size = 1, metadata: KubeObject['metadata'] = {}) {
  return { metadata: { namespace: 'default', name, ...metadata }, spec: { size } };
}

/** What `kubectl apply` would be given for the kind. */
export const widgetDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.demo.example.com' },
  ...{
    spec: {
      group: 'demo.example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget', shortNames: ['wd'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              required: ['spec'],
              properties: {
                spec: {
                  type: 'object',
                  required: ['size'],
                  properties: {
                    size: { type: 'integer', format: 'int32', minimum: 0, maximum: 100 },
                    colour: { type: 'string', enum: ['red', 'green'] },
                    replicas: { type: 'integer', format: 'int32' },
                    parts: {
                      type: 'array',
                      items: { type: 'object', required: ['name'], properties: { name: { type: 'string', pattern: '^[a-z]+$' }, weight: { type: 'integer' } } },
                    },
                  },
                },
                status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      ],
    },
  },
};
