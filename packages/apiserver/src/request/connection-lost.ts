/** What a client meets when the connection below it is cut: an injected fault or a restart, never an answer of the API. */
export class ConnectionLost extends Error {
  constructor(message: string, /** As Node names it. */ readonly code: 'ECONNRESET' | 'ECONNREFUSED') {
    super(message);
  }
}
