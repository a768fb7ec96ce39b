import { ApiError, forbidden, type StatusCause } from '@kubewright/api';

import type { AdmissionRequest } from './admission.js';

/** `pods "x" is forbidden: …`, naming the object also where its name is still to be generated. */
export function refusal(request: AdmissionRequest, message: string, causes?: StatusCause[]): ApiError {
  const { group, plural } = request.resource;
  const { name, generateName } = request.object?.metadata ?? {};
  const error = forbidden({ group, resource: plural }, request.name || name || generateName || 'Unknown', message);
  if (!causes) return error;
  return new ApiError({ ...error.status, details: { ...error.status.details, causes } });
}
