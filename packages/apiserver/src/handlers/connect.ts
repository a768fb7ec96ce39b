import { notImplemented } from '@kubewright/api';

import { admitConnect } from './admit-connection.js';
import type { Handler } from './api-context.js';

/** Subresources that are more than a view of the object: answered by who has registered for them. */
export const handleConnect: Handler = async (context, request) => {
  const { resource, subresource } = request.scope;
  const connection = context.connections.get(`${resource.group}/${resource.plural}/${subresource}`);
  if (!connection) throw notImplemented(`${resource.plural}/${subresource}`);
  await admitConnect(context, request);
  return connection(context, request);
};
