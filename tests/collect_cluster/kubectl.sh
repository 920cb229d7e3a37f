#!/bin/sh
# Answers as kubectl VERSION does, for what the collector asks: an old one (1.18) knows fewer flags and prints fields of
# its time, a new one (1.34) says more on stderr. Flags that get of that version does not know end it, as they end kubectl.
set -u
version=${0##*kubectl-}
echo "$*" >>"${0%/*}/asked"

unknown() { echo "Error: unknown flag: $1" >&2; echo "See 'kubectl --help' for usage." >&2; exit 1; }
verb='' kind='' raw='' form='' namespace=''
while [ $# -gt 0 ]; do
    case $1 in
    --request-timeout=* | --kubeconfig=* | --context=*) ;;
    --all-namespaces | --chunk-size=* | --minify) ;;
    --namespace) namespace=$2; shift ;;
    -o) form=$2; shift ;;
    --raw) raw=$2; shift ;;
    --show-managed-fields | --subresource=*) [ "$version" != 1.18 ] || unknown "$1" ;;
    --short | --export) [ "$version" = 1.18 ] || unknown "$1" ;;
    -*) unknown "$1" ;;
    *) if [ -z "$verb" ]; then verb=$1; else kind=$1; fi ;;
    esac
    shift
done

# A new one tells of each group that it could not ask about, and of what is deprecated, and goes on.
if [ "$version" = 1.34 ]; then
    echo 'E1126 12:00:00.000000   71 memcache.go:287] "Unhandled Error" err="couldn'"'"'t get resource list for metrics.k8s.io/v1beta1: the server is currently unable to handle the request"' >&2
    case $kind in podsecuritypolicies*) echo 'Warning: policy/v1beta1 PodSecurityPolicy is deprecated in v1.21+, unavailable in v1.25+' >&2 ;; esac
    metadata='"metadata": {"resourceVersion": ""}' extra=''
else
    metadata='"metadata": {"resourceVersion": "", "selfLink": ""}'
    extra='"selfLink": "/api/v1/x", "managedFields": [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:metadata": {"f:annotations": {".": {}}}}}], '
fi

list() { printf '{\n    "apiVersion": "v1",\n    "items": [%s],\n    "kind": "List",\n    %s\n}\n' "$1" "$metadata"; }
item() { printf '{"apiVersion": "%s", "kind": "%s", "metadata": {%s"name": "%s"%s}%s}' "$1" "$2" "$extra" "$3" "$4" "$5"; }
home() { printf ', "namespace": "%s"' "$1"; }

case $verb in
version)
    case $version in
    1.18) echo '{"clientVersion": {"major": "1", "minor": "18", "gitVersion": "v1.18.20"}, "serverVersion": {"major": "1", "minor": "18", "gitVersion": "v1.18.20"}}' ;;
    *) echo '{"clientVersion": {"major": "1", "minor": "34", "gitVersion": "v1.34.2"}, "kustomizeVersion": "v5.7.1", "serverVersion": {"major": "1", "minor": "34", "emulationMajor": "1", "emulationMinor": "34", "minCompatibilityMajor": "1", "minCompatibilityMinor": "33", "gitVersion": "v1.34.1"}}' ;;
    esac
    exit 0 ;;
config) printf prod-eu; exit 0 ;;
get) ;;
*) echo "error: unknown command \"$verb\" for \"kubectl\"" >&2; exit 1 ;;
esac
case $raw in
'') ;;
*/proxy/configz) printf '{"kubeletconfig":{"makeIPTablesUtilChains":true}}'; exit 0 ;;
*) echo "Error from server (NotFound): the server could not find the requested resource" >&2; exit 1 ;;
esac
pod=', "spec": {"containers": [{"name": "app", "image": "i", "securityContext": {"privileged": true}}]}, "status": {"phase": "Running"}'
case $kind in
nodes)
    if [ "$form" = name ]; then echo node/node-a; exit 0; fi
    list "$(item v1 Node node-a '' ", \"status\": {\"nodeInfo\": {\"kubeletVersion\": \"v$version.1\"}}")" ;;
namespaces) list "$(item v1 Namespace shop '' '')" ;;
pods) list "$(item v1 Pod web "$(home shop)" "$pod")" ;;
clusterrolebindings.*) list "$(item rbac.authorization.k8s.io/v1 ClusterRoleBinding own '' ', "roleRef": {"kind": "ClusterRole", "name": "view"}')" ;;
clusterroles.* | roles.* | rolebindings.* | serviceaccounts) list "$(item v1 Thing one "$(home shop)" '')" ;;
podsecuritypolicies.* | securitycontextconstraints.*)
    echo "error: the server doesn't have a resource type \"${kind%%.*}\"" >&2; exit 1 ;;
validatingadmissionpolicies.* | validatingadmissionpolicybindings.*)
    [ "$version" = 1.34 ] || { echo "error: the server doesn't have a resource type \"${kind%%.*}\"" >&2; exit 1; }
    list '' ;;
configmaps) printf '{"kind":"List","items":[{"kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt","namespace":"%s"}}]}' "$namespace" ;;
*) list '' ;;
esac
