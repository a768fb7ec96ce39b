// The kind that the soak's operator is for, and the label by which a child is found past the cache.
export const Gadget = { group: 'soak.example.com', version: 'v1', kind: 'Gadget', plural: 'gadgets', scope: 'Namespaced' };
export const OWNER_LABEL = 'soak.example.com/owner';
export const NAMESPACE = 'default';

export const gadgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.soak.example.com' },
  spec: {
    group: 'soak.example.com',
    scope: 'Namespaced',
    names: { kind: 'Gadget', listKind: 'GadgetList', plural: 'gadgets', singular: 'gadget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: { type: 'object', required: ['value'], properties: { value: { type: 'integer' }, note: { type: 'string' } } },
              status: { type: 'object', properties: { value: { type: 'integer' }, observedGeneration: { type: 'integer' }, child: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};
