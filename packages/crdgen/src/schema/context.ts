import type { Diagnostics } from '../diagnostic.js';
import type { Declarations } from '../load/declarations.js';
import type { SourceProject } from '../load/project.js';
import type { Origins } from './origins.js';

/** What changes the schemas of a run. */
export interface SchemaSettings {
  /** `number` becomes `type: number` instead of an error. */
  readonly allowDangerousTypes: boolean;
  /** Nested ObjectMeta becomes its five usual properties instead of an object that is pruned. */
  readonly embeddedObjectMeta: boolean;
}

/** What the walk over types shares. */
export interface SchemaContext {
  readonly project: SourceProject;
  readonly declarations: Declarations;
  readonly diagnostics: Diagnostics;
  readonly origins: Origins;
  readonly settings: SchemaSettings;
  /** Paths of the source files that the current definition was read from. */
  readonly visited: Set<string>;
}
