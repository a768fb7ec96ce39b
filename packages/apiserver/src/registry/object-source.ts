export type { ObjectSource } from '../storage/object-source.js';
