import { ApiError, type Status } from '@kubewright/api';

/** A webhook that could not be asked, or whose answer is none; failurePolicy decides what becomes of the request. */
export class FailedCall extends Error {
  override readonly name = 'FailedCall';

  constructor(webhook: string, reason: string) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${reason}`);
  }
}

/** The answer to a request that a webhook has refused: its own Status, made into a failure where it is none. */
export function denial(webhook: string, status: Partial<Status> = {}): ApiError {
  const deniedBy = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const because = status.message || status.reason;
  const code = status.code ?? 0;
  return new ApiError({
    ...status, kind: 'Status', apiVersion: 'v1', metadata: status.metadata ?? {},
    status: !status.status || status.status === 'Success' ? 'Failure' : status.status,
    message: because ? `${deniedBy}: ${because}` : `${deniedBy} without explanation`,
    code: code < 400 ? 400 : code,
  });
}

/** A dry run must not have effects; a webhook that has some is not called. */
export function dryRunUnsupported(webhook: string): ApiError {
  return ApiError.of(400, 'BadRequest', `admission webhook ${JSON.stringify(webhook)} does not support dry run`);
}
