import { keyOf } from '@kubewright/api';

/** Which object to look at. */
export interface Request {
  /** Only where a manager looks after several clusters. */
  readonly cluster?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Equal requests have equal keys: the work queue collapses them. */
export function requestKey(request: Request): string {
  return request.cluster ? `${request.cluster}//${keyOf(request)}` : keyOf(request);
}
