/** Asks for what stands under a token: `constructor(@inject(Client) private readonly client: Client)`. */
export { inject, inject as Inject } from './injection.js';
