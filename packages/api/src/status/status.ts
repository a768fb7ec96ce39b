/** @module status: how an API server says no. status.ts is the wire form, api-error.ts what code throws and catches. */
import type { ListMeta } from '../meta/object-meta.js';

/** The answer to a request that has no object to show, above all to one that failed (k8s.io/apimachinery/pkg/apis/meta/v1). */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: ListMeta;
  status?: 'Success' | 'Failure';
  message?: string;
  reason?: StatusReason;
  details?: StatusDetails;
  /** HTTP status code. */
  code?: number;
}

/** A machine-readable reason. Servers may send others. */
export type StatusReason =
  | 'Unauthorized' | 'Forbidden' | 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Gone' | 'Invalid' | 'ServerTimeout' | 'StoreReadError' | 'Timeout'
  | 'TooManyRequests' | 'BadRequest' | 'MethodNotAllowed' | 'NotAcceptable' | 'RequestEntityTooLarge' | 'UnsupportedMediaType' | 'InternalError'
  | 'Expired' | 'ServiceUnavailable' | 'NotImplemented' | (string & {});

/** What a {@link Status} is about. */
export interface StatusDetails {
  name?: string;
  group?: string;
  /** The resource's plural in answers to requests on objects, the kind in validation errors. */
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** One of the problems behind a {@link Status}. */
export interface StatusCause {
  reason?: string;
  message?: string;
  /** Path of the field: `spec.endpoints[0].port`. */
  field?: string;
}
