/** @module @kubewright/platform: the seams through which kubewright reaches time, chance, the network and the log. */
export { sleepOn, type Clock, type Timer } from './clock/clock.js';
export { FakeClock } from './clock/fake-clock.js';
export { FakeLoopMonitor, RealLoopMonitor, type LoopDelay, type LoopMonitor } from './clock/loop-monitor.js';
export { RealClock, realClock } from './clock/real-clock.js';
export { jsonLogger, type JsonLoggerOptions } from './log/json-logger.js';
export { createLogger, type LogFields, type Logger, type LogLevel } from './log/logger.js';
export { memoryLogger, type LogLine } from './log/memory-logger.js';
export { noopLogger } from './log/noop-logger.js';
export { openTelemetryLogger, teeLogger, type OpenTelemetryLogSink } from './log/open-telemetry-logger.js';
export { pinoLogger, type PinoLike } from './log/pino-logger.js';
export { jitter, type Random } from './random/random.js';
export { SeededRandom } from './random/seeded-random.js';
export { systemRandom } from './random/system-random.js';
export { RealScheduler, realScheduler } from './scheduler/real-scheduler.js';
export type { Scheduler } from './scheduler/scheduler.js';
export { SeededScheduler } from './scheduler/seeded-scheduler.js';
export { ScriptedTransport, type ScriptedAnswer } from './transport/scripted-transport.js';
export { readAll, type Transport, type TransportRequest, type TransportResponse } from './transport/transport.js';
export {
  createCertificateAuthority, type CertificateAuthority, type CertificateAuthorityOptions, type CertificateOptions, type KeyedCertificate,
} from './x509/certificate-authority.js';
