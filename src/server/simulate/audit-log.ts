// The audit log, appended to event by event. A disk that is full ends the log, not the server.

import { createWriteStream, openSync } from 'node:fs';
import type { JsonObject } from '../../lib/json.ts';
import { type Problem, problem, told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';

export interface AuditLog {
  readonly write: (event: JsonObject) => void;
  /** Resolves when everything is written. */
  readonly close: () => Promise<void>;
}

/** Opens a log; `tell` is called once where events are lost. */
export function openLog(file: string, tell: (message: string) => void): Result<AuditLog, Problem> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'a', 0o600);
  } catch (error) {
    return failure(problem('input/unreadable', `--audit-log ${file}: cannot be written: ${told(error)}`));
  }
  const stream = createWriteStream(file, { fd: descriptor });
  let broken = false;
  stream.on('error', (error) => {
    if (!broken) tell(`the audit log ${file} ends here: ${error.message}`);
    broken = true;
  });
  return ok({
    write(event) {
      if (!broken) stream.write(`${JSON.stringify(event)}\n`);
    },
    close: () => new Promise((resolve) => (broken ? resolve() : stream.end(() => resolve()))),
  });
}
