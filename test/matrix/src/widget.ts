import { CustomResource, type KubeObject } from '@kubewright/api';

@CustomResource({ group: 'matrix.example.com', version: 'v1' })
export class Widget {
  spec!: { size: number };
  status?: { seen: number; fromPoll: number };
}

export type WidgetObject = Widget & KubeObject;

export const widgetDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.matrix.example.com' },
  ...{
    spec: {
      group: 'matrix.example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
      versions: [
        {
          name: 'v1', served: true, storage: true, subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { size: { type: 'integer' } } },
                status: { type: 'object', properties: { seen: { type: 'integer' }, fromPoll: { type: 'integer' } } },
              },
            },
          },
        },
      ],
    },
  },
};
