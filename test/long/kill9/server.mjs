// A cluster on a data folder, to be killed: node server.mjs FOLDER. Prints its address and an administrator's token when it listens.
import { startCluster } from '@kubewright/apiserver';

const token = 'kill9';
const cluster = await startCluster({
  data: { folder: process.argv[2], snapshotAfter: 200_000 }, port: 0, controllers: 'none', nodes: 0,
  server: { staticTokens: { [token]: { name: 'admin', groups: ['system:masters'] } } },
});
process.stdout.write(`${JSON.stringify({ url: cluster.url, token })}\n`);
process.once('SIGTERM', () => void cluster.stop().then(() => process.exit(0)));
