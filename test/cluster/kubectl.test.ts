// Scripts of kubectl and helm against a real API server and against the simulated one: both must print the same and end alike. First servers
// alone, where only what an API server itself does is compared; then with controllers, real ones there and played ones here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothServers, hasHelm } from './both.ts';
import { realCluster } from './cluster.ts';
import { manifests } from './kubectl-files.ts';

const reading = `
kubectl apply -f web.yaml -n NS
kubectl get deploy,netpol -n NS
kubectl get deploy web -n NS -o wide --show-labels
kubectl get deploy web -n NS -o yaml --show-managed-fields
kubectl get deploy web -n NS --subresource=scale
kubectl get deploy web -n NS -o custom-columns=N:.metadata.name,I:.spec.template.spec.containers[*].image,X:.none
kubectl get deploy -n NS -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.spec.replicas}{"\\n"}{end}'
kubectl get deploy web -n NS -o go-template='{{.metadata.name}} {{len .spec.template.spec.containers}}'
kubectl get deploy web -n NS -o jsonpath='{.nope'
kubectl get deploy web cm/settings -n NS
kubectl get cm/settings cm/none -n NS
kubectl get cm -n NS --field-selector metadata.name=settings -o name
kubectl get cm -n NS -l nothing=here
kubectl get cm -n NS -l 'app in (x'
kubectl get cm -n NS --sort-by=.metadata.name --no-headers --chunk-size=1 -o name
kubectl get pods -n NS --field-selector spec.nothing=x
kubectl get nope -n NS
kubectl get pods.v2.apps -n NS
kubectl get cm settings -n NS -w --output-watch-events --request-timeout=1s
kubectl get --raw /readyz
kubectl get --raw /api/v1/namespaces/NS/pods/none
kubectl get --raw /apis/apps
kubectl describe deploy web -n NS
kubectl describe netpol closed -n NS
kubectl describe cm settings -n NS
kubectl describe cm none -n NS
kubectl get priorityclasses,flowschemas,prioritylevelconfigurations
kubectl get clusterroles -o name -l kubernetes.io/bootstrapping=rbac-defaults
kubectl describe clusterrole system:kube-scheduler
kubectl explain networkpolicy.spec.egress.to
kubectl explain deploy.spec.strategy --recursive
kubectl explain pods.nope
kubectl api-resources --sort-by=kind -o wide
kubectl api-resources --api-group=batch
kubectl api-versions
kubectl version
kubectl cluster-info
kubectl auth whoami
kubectl auth whoami --as jane --as-group dev --as-user-extra scope=a
kubectl auth can-i --list --as jane -n NS
kubectl get events.events.k8s.io -n NS
kubectl top pod -n NS
`;

const writing = `
kubectl apply -f web.yaml -n NS
kubectl apply -f web.yaml -n NS --dry-run=server
kubectl apply --server-side --field-manager=other -f web.yaml -n NS
kubectl apply --server-side --field-manager=other --force-conflicts -f web.yaml -n NS
kubectl apply view-last-applied deploy/web -n NS -o json
kubectl apply -f bad.yaml -n NS
kubectl create -f typo.yaml -n NS
kubectl create -f typo.yaml -n NS --validate=warn --dry-run=server
kubectl create -f nobody.yaml -n NS
kubectl apply -k base -n NS
kubectl apply --prune --all --prune-allowlist=core/v1/ConfigMap -f base/map.yaml -n NS
kubectl get cm -n NS -o name
kubectl apply -f web.yaml -n NS
kubectl scale deployment web --replicas=5 -n NS
kubectl scale deployment web --replicas=1 --current-replicas=9 -n NS
kubectl diff -f web.yaml -n NS
kubectl patch deployment web -n NS --type=json -p '[{"op":"test","path":"/spec/replicas","value":4}]'
kubectl patch deployment web -n NS -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"registry.example/web:2"}]}}}}'
kubectl patch deployment web -n NS --subresource=scale --type=merge -p '{"spec":{"replicas":3}}'
kubectl patch deployment web -n NS -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'
kubectl patch deployment web -n NS -p nope
kubectl set env deployment/web A=b -n NS
kubectl set image deployment/web nobody=registry.example/a:1 -n NS
kubectl set resources deployment web --limits=cpu=200m,memory=512Mi -n NS
kubectl set serviceaccount deployment web default -n NS
kubectl get deploy web -n NS -o jsonpath='{.spec.template.spec.containers}{.metadata.generation}'
kubectl label deployment web tier=front -n NS
kubectl label deployment web tier=back -n NS
kubectl label deployment web 'bad key=1' -n NS
kubectl label deployment web tier- -n NS
kubectl annotate configmap settings note=hello -n NS
kubectl annotate configmap settings note=again --resource-version=1 --overwrite -n NS
KUBE_EDITOR=./edit.sh kubectl edit configmap settings -n NS
KUBE_EDITOR=./rename.sh kubectl edit configmap settings -n NS 2>&1 | tail -1
kubectl get cm settings -n NS -o json
kubectl create deployment made --image=a:1 --replicas=2 --port=80 -n NS
kubectl create cronjob made --image=a:1 --schedule='*/5 * * * *' -n NS -- echo hi
kubectl create cronjob wrong --image=a:1 --schedule=nope -n NS
kubectl create job made --from=cronjob/made -n NS
kubectl create ingress made --rule=shop.example/cart=web:8080,tls=cert --class=x -n NS
kubectl create pdb made --selector=app=web --min-available=50% -n NS
kubectl create quota made --hard=pods=50,count/deployments.apps=10 -n NS
kubectl create role reader --verb=get,list --resource=pods,deployments.apps -n NS
kubectl create rolebinding reader --role=reader --user=rita --serviceaccount=NS:default -n NS
kubectl create secret generic s --from-literal=p=w -n NS
kubectl create secret generic wrong --type=kubernetes.io/ssh-auth --from-literal=a=b -n NS
kubectl create secret docker-registry d --docker-server=x --docker-username=u --docker-password=p -n NS
kubectl create service nodeport n --tcp=80:80 --node-port=30100 -n NS
kubectl create service nodeport m --tcp=80:80 --node-port=30100 -n NS
kubectl create service externalname e --external-name=a.example -n NS
kubectl create service clusterip web --tcp=80:8080 -n NS --dry-run=server -o jsonpath={.spec.type}
kubectl create serviceaccount bot -n NS
kubectl create token bot -n NS
kubectl create token bot --duration=5m -n NS
kubectl create token none -n NS
kubectl create configmap settings -n NS
kubectl create namespace NS
kubectl expose deployment web --port=80 --name=front -n NS
kubectl expose deployment web --port=80 --name=front -n NS
kubectl autoscale deployment web --max=5 -n NS
kubectl run one --image=registry.example/one:1 -n NS --labels=app=one --env=A=b
kubectl get pod one -n NS -o yaml
kubectl get pod one -n NS --subresource=resize
kubectl logs one -n NS
kubectl exec one -n NS -- ls
kubectl attach one -n NS
kubectl debug one -n NS --image=registry.example/tool:1 -q --attach=false
kubectl patch pod one -n NS -p '{"spec":{"nodeName":"other"}}'
kubectl describe pod one -n NS
kubectl auth can-i list pods -n NS --as rita
kubectl auth can-i delete pods -n NS --as rita
kubectl get pods -n NS --as rita -o name
kubectl get secrets -n NS --as rita
kubectl create role more --verb='*' --resource='*' -n NS --as rita
kubectl describe rolebinding reader -n NS
kubectl apply -f gadget.yaml
kubectl wait --for=condition=established crd/gadgets.both.example.com --timeout=10s && sleep 2
kubectl apply -f one-gadget.yaml -n NS
kubectl get gg -n NS -o wide
kubectl scale gadget one --replicas=7 -n NS
kubectl patch gadget one -n NS --type=merge -p '{"spec":{"size":0}}'
kubectl explain gadget.spec
kubectl describe gadget one -n NS
kubectl delete crd gadgets.both.example.com
kubectl wait --for=jsonpath={.spec.replicas}=3 deployment/web -n NS --timeout=2s
kubectl wait --for=condition=Available deployment/web -n NS --timeout=1s
kubectl delete deployment web -n NS --dry-run=server
kubectl delete deployment web -n NS
kubectl delete deployment web -n NS
kubectl delete deployment web -n NS --ignore-not-found
kubectl delete pod one -n NS --grace-period=0 --force
kubectl delete cm -l nothing=here -n NS
`;

/** Steps of a rollout are printed as they are seen, which is a matter of time: only how it ends is compared. */
const controlled = `
kubectl apply -f web.yaml -f sets.yaml -n NS
kubectl rollout status deployment/web -n NS --timeout=60s >/dev/null
kubectl rollout status statefulset/db -n NS --timeout=60s >/dev/null
kubectl rollout status daemonset/agent -n NS --timeout=60s >/dev/null
kubectl get deployment,replicaset,statefulset,daemonset,controllerrevision -n NS --show-labels
kubectl get pods -n NS -l 'app in (web,db)' --show-labels -o custom-columns=N:.metadata.name,P:.status.phase
kubectl get pod huge -n NS -o jsonpath='{.status.conditions[0].reason}: {.status.conditions[0].message}'
kubectl describe replicaset -n NS -l app=web
kubectl expose deployment web --port=80 --target-port=8080 -n NS
kubectl create pdb web --selector=app=web --min-available=1 -n NS
sleep 2; kubectl get endpointslices,endpoints,pdb -n NS
kubectl set image deployment/web web=registry.example/web:2 -n NS
kubectl rollout status deployment/web -n NS --timeout=60s >/dev/null
kubectl annotate deployment/web kubernetes.io/change-cause=second -n NS
kubectl rollout history deployment/web -n NS --revision=2
kubectl rollout undo deployment/web -n NS
kubectl rollout status deployment/web -n NS --timeout=60s >/dev/null
kubectl rollout history deployment/web -n NS
kubectl rollout undo deployment/web -n NS --to-revision=9
kubectl rollout pause deployment/web -n NS
kubectl rollout resume deployment/web -n NS
kubectl scale deployment/web --replicas=4 -n NS
kubectl rollout status deployment/web -n NS --timeout=60s >/dev/null
kubectl get replicaset -n NS -l app=web
kubectl describe deployment web -n NS
kubectl set image statefulset/db db=registry.example/db:2 -n NS
kubectl rollout status statefulset/db -n NS --timeout=60s >/dev/null
kubectl rollout history statefulset/db -n NS
kubectl rollout history daemonset/agent -n NS
kubectl create job done --image=registry.example/job:1 -n NS
kubectl wait --for=condition=Complete job/done -n NS --timeout=30s
kubectl describe job done -n NS
kubectl get events -n NS -o custom-columns=R:.reason,K:.involvedObject.kind,C:.source.component | sort -u
kubectl auth can-i list pods -n NS --as rita
kubectl create rolebinding view --clusterrole=view --user=rita -n NS
kubectl auth can-i list pods -n NS --as rita
kubectl describe clusterrole view
kubectl logs job/done -n NS
kubectl delete deployment web -n NS --cascade=orphan
kubectl get replicaset -n NS -l app=web -o custom-columns=N:.metadata.name,O:.metadata.ownerReferences
kubectl delete replicaset -l app=web -n NS --cascade=foreground
kubectl delete statefulset,daemonset,job --all -n NS --cascade=foreground
kubectl delete pod --all -n NS --now
kubectl get all -n NS -o name
`;

const charts = `
helm install shop chart -n NS
helm status shop -n NS
helm get manifest shop -n NS
helm install shop chart -n NS
helm upgrade shop chart -n NS --set replicas=3,mode=slow
helm upgrade shop chart -n NS --set replicas=-1
helm history shop -n NS
kubectl get deployment,configmap,pdb -n NS
helm rollback shop 1 -n NS
kubectl get deployment shop -n NS -o jsonpath='{.spec.replicas}{.metadata.labels}{.metadata.annotations}'
helm upgrade --install shop chart -n NS --reuse-values --set mode=x
helm list -n NS --all
helm template shop chart --validate -n NS
helm uninstall shop -n NS --keep-history
helm uninstall shop -n NS
kubectl get all,pdb,configmap -n NS -o name
`;

test('kubectl reads and writes alike', { timeout: 600_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  assert.deepEqual(await (await bothServers(t, cluster, manifests)).differences(reading), []);
  assert.deepEqual(await (await bothServers(t, cluster, manifests)).differences(writing), []);
});

test('kubectl sees the same of played controllers and of real ones', { timeout: 600_000 }, async (t) => {
  const cluster = await realCluster(t, { controllers: true, nodes: 3, own: true });
  if (cluster === undefined) return;
  const { body } = await cluster.api('GET', '/api/v1/nodes');
  const { items } = body as { readonly items: readonly object[] };
  const nodes = items.map((each) => ({ apiVersion: 'v1', kind: 'Node', ...each }));
  const both = await bothServers(t, cluster, manifests, { objects: nodes, play: true });
  assert.deepEqual(await both.differences(controlled), []);
});

test('helm installs, upgrades, rolls back and takes away alike', { timeout: 300_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  if (!hasHelm()) {
    t.skip('there is no helm beside the control plane');
    return;
  }
  assert.deepEqual(await (await bothServers(t, cluster, manifests)).differences(charts), []);
});
