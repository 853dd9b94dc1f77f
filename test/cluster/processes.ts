// Servers that a test starts and that must not outlive it, even when the test process is killed: a small shell holds the other end of a
// pipe, knows every process id, and when the pipe closes it ends the servers and removes their folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const watch = `
pids=""
while read -r verb pid; do
  case $verb in
    start) pids="$pids $pid" ;;
    stop) rest=""; for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done; pids=$rest ;;
    leave) exit 0 ;;
  esac
done
for p in $pids; do kill -KILL "$p" 2>/dev/null; done
rm -rf "$1"
`;

export interface Server {
  readonly name: string;
  /** Settles when the process has ended, however it did. */
  readonly ended: Promise<void>;
  readonly running: () => boolean;
  /** Ends the process (default: SIGTERM, and SIGKILL after ten seconds) and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface Processes {
  /** Starts `command` in the folder, its words in NAME.log. */
  readonly start: (name: string, command: readonly string[]) => Server;
  /** Ends what still runs, the last started first. */
  readonly stop: () => Promise<void>;
}

/** Looks after the servers of one folder. */
export function processes(folder: string): Processes {
  const guard = spawn('/bin/sh', ['-c', watch, 'guard', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  const { stdin } = guard;
  stdin.on('error', () => undefined);
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  const servers: Server[] = [];
  return {
    start(name, command) {
      const server = startServer(folder, name, command, (line) => void stdin.write(line));
      servers.push(server);
      return server;
    },
    async stop() {
      for (const server of servers.toReversed()) await server.stop();
      stdin.end('leave\n');
    },
  };
}

function startServer(folder: string, name: string, [file = '', ...words]: readonly string[], tell: (line: string) => void): Server {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const child: ChildProcess = spawn(file, words, { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const { pid } = child;
  if (pid !== undefined) tell(`start ${pid}\n`);
  let running = true;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running = false;
      if (pid !== undefined) tell(`stop ${pid}\n`);
      resolve();
    };
    child.on('exit', end);
    child.on('error', end);
  });
  return {
    name,
    ended,
    running: () => running,
    async stop(signal = 'SIGTERM') {
      if (!running) return;
      child.ref();
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Ports of the loopback interface that are free now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, listen));
  const ports = held.map(({ port }) => port);
  await Promise.all(held.map(({ close }) => close()));
  return ports;
}

function listen(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}
