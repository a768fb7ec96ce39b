/** Bytes of a request's body that the server reads. */
export const BODY_LIMIT = 3 * 1024 * 1024;
