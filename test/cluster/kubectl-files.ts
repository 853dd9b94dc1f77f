// What the scripts of kubectl read: manifests right and wrong, editors, a chart.

export const manifests: Readonly<Record<string, string>> = {
  'web.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "registry.example/web:1", ports: [{containerPort: 8080}], resources: {requests: {cpu: 100m, memory: 64Mi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
`,
  'bad.yaml': `
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: [{name: A_b, image: ""}], restartPolicy: Sometimes}
`,
  'typo.yaml': `
apiVersion: v1
kind: Pod
metadata: {name: typo}
spec: {containers: [{name: a, image: "registry.example/a:1", comand: [a]}], hostNetwrk: true}
`,
  'nobody.yaml': `
apiVersion: nobody.example/v1
kind: Thing
metadata: {name: a}
`,
  'sets.yaml': `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "registry.example/db:1"}]}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: agent, image: "registry.example/agent:1"}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: huge}
spec: {containers: [{name: huge, image: "registry.example/huge:1", resources: {requests: {cpu: 1000}}}]}
`,
  'gadget.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.both.example.com}
spec:
  group: both.example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget, shortNames: [gg], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
    schema:
      openAPIV3Schema:
        type: object
        description: A gadget.
        properties:
          spec: {type: object, description: What it should be., properties: {size: {type: integer, minimum: 1}}}
          status: {type: object, properties: {size: {type: integer}}}
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
`,
  'one-gadget.yaml': 'apiVersion: both.example.com/v1\nkind: Gadget\nmetadata: {name: one}\nspec: {size: 3}\n',
  'edit.sh': '#!/bin/sh\nsed -i "s/mode: fast/mode: slow/; s/replicas: 2/replicas: 3/" "$1"\n',
  'rename.sh': '#!/bin/sh\nsed -i "s/name: settings/name: other/" "$1"\n',
  'base/kustomization.yaml': 'resources: [map.yaml]\nnamePrefix: pre-\nconfigMapGenerator: [{name: made, literals: [a=b]}]\n',
  'base/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {a: b}\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\nappVersion: "1"\n',
  'chart/values.yaml': 'replicas: 2\nmode: fast\n',
  'chart/templates/NOTES.txt': 'Kubernetes {{ .Capabilities.KubeVersion.Version }}\n',
  'chart/templates/all.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: c, image: "registry.example/c:{{ .Chart.AppVersion }}"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {mode: {{ .Values.mode | quote }}, found: {{ (lookup "v1" "Namespace" "" "default").metadata.name | quote }}}
{{- if .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: {{ .Release.Name }}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: {{ .Release.Name }}}}}
{{- end }}
`,
  'chart/templates/hook.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-hook, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: before-hook-creation}}
data: {a: b}
`,
};
