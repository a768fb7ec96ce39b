import type { KubeObject, ManagedFieldsEntry } from '@kubewright/api';
import { structuralSchema } from '@kubewright/api';

import { applyPatch } from './apply-patch.js';
import { updateManagedFields } from './managed-fields.js';

/** A schema with every kind of list and map. */
export const widgetSchema = structuralSchema({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' }, color: { type: 'string' }, on: { type: 'boolean' },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        args: { type: 'array', items: { type: 'string' } },
        ports: {
          type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } } },
        },
        parts: {
          type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' }, conf: { type: 'object', additionalProperties: { type: 'string' } } } },
        },
        conf: { type: 'object', additionalProperties: { type: 'string' } },
        selector: { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
        nested: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'object', properties: { c: { type: 'string' }, d: { type: 'string' } } } } },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { phase: { type: 'string' } } },
  },
});

export interface Widget extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

export const API_VERSION = 'example.com/v1';

export function widget(spec?: Record<string, unknown>, metadata: Record<string, unknown> = {}): Widget {
  return { apiVersion: API_VERSION, kind: 'Widget', metadata: { name: 'w', ...metadata }, ...(spec && { spec }) };
}

/** One object and the writes to it; time goes on by a minute a write. */
export class WidgetHistory {
  live: Widget | undefined;
  #minute = 0;

  apply(manager: string, spec: Record<string, unknown> | undefined, options: { force?: boolean; metadata?: Record<string, unknown>; subresource?: string } = {}): Widget {
    const { force = false, metadata, subresource = '' } = options;
    this.live = applyPatch({ ...this.#info(manager, subresource), live: this.live, applied: widget(spec, metadata), force });
    return this.live;
  }

  update(manager: string, change: (object: Widget) => void): Widget {
    const after = this.live === undefined ? widget() : structuredClone(this.live);
    change(after);
    const entries = updateManagedFields({ ...this.#info(manager, ''), before: this.live, after });
    if (entries.length > 0) after.metadata.managedFields = entries;
    else delete after.metadata.managedFields;
    this.live = after;
    return after;
  }

  owned(manager: string, operation?: string): unknown {
    return this.entry(manager, operation)?.fieldsV1;
  }

  entry(manager: string, operation?: string): ManagedFieldsEntry | undefined {
    return this.live?.metadata.managedFields?.find((entry) => entry.manager === manager && (operation === undefined || entry.operation === operation));
  }

  #info(manager: string, subresource: string) {
    const now = `2026-01-01T00:${String(this.#minute++).padStart(2, '0')}:00Z`;
    return { manager, subresource, apiVersion: API_VERSION, schema: widgetSchema, now };
  }
}
