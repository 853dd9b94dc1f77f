// A simulated API server, put together: world, keys, listener, controllers' chores, audit log, the file its state is kept in.

import type { KubeObject } from '../../kube/object.ts';
import { type Problem, problem, told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { PluginConfiguration } from '../../request/admission/configuration.ts';
import type { EventLimits } from '../../request/admission/event-rate-limit.ts';
import type { MakeCall } from '../../request/calls/calling.ts';
import type { Server } from '../../request/server.ts';
import { type AuditLog, openLog } from './audit-log.ts';
import { type Authority, makeAuthority } from './certificates.ts';
import { startControllers } from './controllers.ts';
import { eventBytesOf } from './event-bytes.ts';
import { changeFor } from './hooked.ts';
import { kubeconfigText, writeKubeconfig } from './kubeconfig.ts';
import { type Listener, listen } from './listener.ts';
import { writeOwnObjects } from './own-objects.ts';
import { startPlay } from './play/play.ts';
import { keep, lockState, readSaved } from './saved.ts';
import { type TokenIssuer, tokenIssuer } from './service-account-tokens.ts';
import { watchesOf } from './watches.ts';
import { makeWorld, type World } from './world.ts';

export interface SimulateOptions {
  readonly objects: readonly KubeObject[];
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where the administrator's kubeconfig is written. */
  readonly kubeconfig?: string;
  readonly auditLog?: string;
  /** Where the state is kept: read at the start where it is there, written when it has changed and at the end. */
  readonly save?: string;
  /** Plays controllers: owners make pods, pods run in words. */
  readonly play?: boolean;
  /** Milliseconds between two looks at an autoscaler that is played; 15,000 where absent, as a controller manager's. */
  readonly autoscalerPeriod?: number;
  /** Whose API versions and fields are served: `1.34`; `provedRelease` where it is not given. */
  readonly kubernetesVersion?: string;
  /** Names of the admission plugins that are on; the usual ones where absent. */
  readonly plugins?: ReadonlySet<string>;
  readonly configuration?: PluginConfiguration | undefined;
  readonly eventLimits?: EventLimits | undefined;
  /** Feature gates and API versions that are not as the release has them. */
  readonly features?: Pick<Server, 'gates' | 'runtimeConfig'>;
  /** Calls admission webhooks; without it what they would say is not known. */
  readonly makeCall?: MakeCall | undefined;
  /** Called with what goes wrong while the server runs and does not end it. */
  readonly tell?: (message: string) => void;
}

export interface Simulated {
  readonly port: number;
  /** `https://127.0.0.1:6443`. */
  readonly url: string;
  readonly authority: Authority;
  readonly world: World;
  /** True where the state is that of the file it is kept in, and the objects given were not looked at. */
  readonly isTakenUp: boolean;
  /** Watches that are open. */
  readonly watches: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts a server over these objects. What cannot be read, written or listened on is known before it serves. */
export async function simulate(options: SimulateOptions): Promise<Result<Simulated, Problem>> {
  const { save, tell = (message) => process.emitWarning(message) } = options;
  const closers: (() => void)[] = [];
  const end = (why: Problem): Result<Simulated, Problem> => {
    for (const close of closers.reverse()) close();
    return failure(why);
  };
  const locked = save === undefined ? ok(() => {}) : lockState(save);
  if (!locked.ok) return locked;
  closers.push(locked.value);
  const kept = save === undefined ? ok(undefined) : readSaved(save);
  if (!kept.ok) return end(kept.problem);
  const log = options.auditLog === undefined ? ok(undefined) : openLog(options.auditLog, tell);
  if (!log.ok) return end(log.problem);
  closers.push(() => void log.value?.close());
  const authority = makeAuthority(Date.now());
  let stopControllers = () => {};
  const world = await makeWorld(
    kept.value?.objects ?? options.objects,
    (made) => {
      const { settle, stop } = startControllers(made, authority.certificate);
      stopControllers = stop;
      return { settle };
    },
    {
      ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
      ...(options.features === undefined ? {} : { features: options.features }),
      ...(options.plugins === undefined ? {} : { plugins: options.plugins }),
      ...(options.configuration === undefined ? {} : { configuration: options.configuration }),
      ...(options.eventLimits === undefined ? {} : { eventLimits: options.eventLimits }),
      ...(kept.value === undefined ? {} : { revision: kept.value.revision }),
    },
  );
  closers.push(() => stopControllers());
  const tokens = tokenIssuer();
  const stopPlay = options.play === true ? startPlay(world, { authority, tokens }, options.autoscalerPeriod) : () => {};
  closers.push(stopPlay);
  const hooks = { makeCall: options.makeCall, tell: options.tell ?? (() => {}) };
  const watches = watchesOf(world.store, eventBytesOf(world), (change, resource) => changeFor(change, resource, world.writing(), hooks));
  const listening = await opened(options, world, authority, tokens, watches, log.value);
  if (!listening.ok) return end(listening.problem);
  const { listener, url } = listening.value;
  writeOwnObjects(world, authority.certificate, isEverywhere(options.host) ? '127.0.0.1' : options.host, listener.port);
  closers.push(() => void listener.stop());
  if (options.kubeconfig !== undefined) {
    const unwritten = writeKubeconfig(options.kubeconfig, kubeconfigText(url, authority, 'admin', ['system:masters']));
    if (unwritten !== undefined) return end(unwritten);
  }
  const stopSaving = save === undefined ? () => {} : keep(world, save, tell);
  return ok({
    port: listener.port,
    url,
    authority,
    world,
    isTakenUp: kept.value !== undefined,
    watches: watches.count,
    async stop() {
      stopPlay();
      stopControllers();
      await listener.stop();
      stopSaving();
      locked.value();
      await log.value?.close();
    },
  });
}

/** Opens the port, under all names the server is reached by. */
async function opened(
  options: SimulateOptions,
  world: World,
  authority: Authority,
  tokens: TokenIssuer,
  watches: ReturnType<typeof watchesOf>,
  log: AuditLog | undefined,
): Promise<Result<{ readonly listener: Listener; readonly url: string }, Problem>> {
  const own = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', '127.0.0.1', '::1', '10.0.0.1'];
  const names = [...new Set([...own, ...named(options.host)])];
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;
  const host = isEverywhere(options.host) ? '127.0.0.1' : shownHost;
  try {
    const listener = await listen(
      {
        host: options.host,
        port: options.port,
        serving: authority.server(names),
        clientAuthority: authority.certificate,
        audit: log?.write,
      },
      (port) => ({
        world,
        tokens,
        watches,
        address: `${host}:${port}`,
        metrics: () => metricsText(world, watches.count()),
        hooks: { makeCall: options.makeCall, tell: options.tell ?? (() => {}) },
        toldOfHooks: new Set(),
        isAudited: log !== undefined,
      }),
    );
    return ok({ listener, url: `https://${host}:${listener.port}` });
  } catch (error) {
    return failure(problem('usage/bad-flag', `cannot listen on ${shownHost}:${options.port}: ${told(error)}`));
  }
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function named(host: string): readonly string[] {
  return isEverywhere(host) ? [] : [host];
}

function metricsText({ store }: World, watches: number): string {
  return [
    '# HELP apiserver_longrunning_requests Watches that are open.',
    '# TYPE apiserver_longrunning_requests gauge',
    `apiserver_longrunning_requests{verb="WATCH"} ${watches}`,
    '# HELP cofferdam_simulate_revision The revision of the last write.',
    '# TYPE cofferdam_simulate_revision counter',
    `cofferdam_simulate_revision ${store.revision()}`,
    '',
  ].join('\n');
}
