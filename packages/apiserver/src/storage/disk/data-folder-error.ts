/** What keeps a data folder, or a file of a snapshot, from being used. The message names the file, the hint says how to go on. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';

  constructor(message: string, readonly hint: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The error for a call of the file system that failed. @param what has not happened: `the data folder /data can not be written` */
export function fileError(what: string, error: unknown): DataFolderError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new DataFolderError(`${what}: ${message}`, HINTS[code ?? ''] ?? 'Choose another folder, or leave the option out: then everything is kept in memory.', { cause: error });
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Give this user the right to write there, or choose another folder.',
  EPERM: 'Give this user the right to write there, or choose another folder.',
  EROFS: 'The file system is read-only: choose another folder.',
  ENOSPC: 'The disk is full: make room. What was not written is tried again with the next request.',
  EDQUOT: 'The quota is used up: make room. What was not written is tried again with the next request.',
  ENOTDIR: 'A folder is wanted where a file is: choose another path.',
  EEXIST: 'A folder is wanted where a file is: choose another path.',
};
