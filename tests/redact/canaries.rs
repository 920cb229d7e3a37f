//! One secret of every kind, each with this word in it, where nodes and clusters have them.

/// In every secret here, and in nothing else.
pub const CANARY: &str = "Cnry";

/// Kind, absolute path on the node, content.
pub const FILES: &[(&str, &str, &str)] = &[
    (
        "token of a kubeconfig",
        "/etc/kubernetes/kubelet.conf",
        "apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {server: 'https://api:6443'}\nusers:\n- name: n\n  user:\n    token: CnryKubeconfigToken0\n",
    ),
    (
        "client key of a kubeconfig",
        "/etc/kubernetes/bootstrap-kubelet.conf",
        "apiVersion: v1\nkind: Config\nusers:\n- name: n\n  user:\n    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpCnryKey=\n",
    ),
    (
        "password of a kubeconfig",
        "/etc/kubernetes/scheduler.conf",
        "kind: Config\nusers:\n- name: n\n  user: {username: a, password: CnryKubePassword1}\n",
    ),
    (
        "exec environment of a kubeconfig",
        "/etc/kubernetes/controller-manager.conf",
        "kind: Config\nusers:\n- name: n\n  user:\n    exec:\n      command: aws\n      args: [get-token, CnryExecArgument2]\n      env:\n      - name: AWS_SECRET_ACCESS_KEY\n        value: CnryExecEnv3\n      - {name: OTHER, value: CnryExecEnv4}\n",
    ),
    (
        "refresh token of an auth provider",
        "/var/lib/kubelet/kubeconfig",
        "kind: Config\nusers:\n- name: n\n  user:\n    auth-provider:\n      name: oidc\n      config:\n        refresh-token: CnryRefresh5\n        id-token: CnryId6\n",
    ),
    (
        "proxy URL of a kubeconfig",
        "/etc/kubernetes/proxy.conf",
        "kind: Config\nclusters:\n- name: c\n  cluster:\n    server: https://api:6443\n    proxy-url: http://me:CnryProxy7@proxy:3128\n",
    ),
    (
        "header of static pods",
        "/var/lib/kubelet/config.yaml",
        "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nauthentication:\n  anonymous:\n    enabled: false\nstaticPodURL: https://me:CnryStaticUrl8@pods/x\nstaticPodURLHeader:\n  Authorization:\n  - Bearer CnryHeader9\nreadOnlyPort: 10255\n",
    ),
    (
        "Environment= and arguments of a unit",
        "/etc/systemd/system/kubelet.service",
        "[Service]\nEnvironment=DB_PASSWORD=CnryUnitEnv10 \"KUBELET_EXTRA_ARGS=--token=CnryUnitArg11 --v=2\"\nExecStart=/usr/bin/kubelet --bootstrap-token=CnryUnitInline12 --v=2\nExecStartPre=/bin/login -p CnryUnitPre13\n",
    ),
    (
        "drop-in of a unit",
        "/etc/systemd/system/kubelet.service.d/20-secret.conf",
        "[Service]\nEnvironment='HTTPS_PROXY=http://u:CnryDropIn14@proxy'\nSetCredential=x:CnryDropIn15\n",
    ),
    (
        "variables of the kubelet",
        "/etc/default/kubelet",
        "KUBELET_EXTRA_ARGS=\"--token CnryVariable16 --v=2\"\nAZURE_CLIENT_SECRET=CnryVariable17\n",
    ),
    (
        "environment and arguments of a manifest",
        "/etc/kubernetes/manifests/app.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"env\":[{\"name\":\"A\",\"value\":\"CnryApplied18\"}]}\nspec:\n  containers:\n  - name: a\n    command: [\"app\", \"--db-password\", \"CnryPodArg19\", \"--api-token=CnryPodArg20\"]\n    env:\n    - name: DB_PASSWORD\n      value: CnryPodEnv21\n    livenessProbe:\n      httpGet:\n        httpHeaders:\n        - name: Authorization\n          value: Bearer CnryProbe22\n",
    ),
    (
        "manifest of the API server",
        "/etc/kubernetes/manifests/kube-apiserver.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --anonymous-auth=false\n    - --etcd-servers=https://root:CnryEtcdUrl23@10.0.0.1:2379\n    - --service-account-signing-key-file=/etc/kubernetes/pki/sa.key\n",
    ),
    (
        "Secret",
        "/etc/kubernetes/manifests/secret.yaml",
        "apiVersion: v1\nkind: Secret\ndata:\n  a: Q25yeQ==CnrySecret24\nstringData:\n  b: CnrySecret25\n",
    ),
    (
        "encryption with aescbc and secretbox",
        "/etc/kubernetes/enc/enc.yaml",
        "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - name: key1\n        secret: CnryAesCbc26c2VjcmV0IGlzIHNlY3VyZQ==\n  - secretbox:\n      keys:\n      - name: key2\n        secret: CnrySecretBox27==\n  - aesgcm:\n      keys: [{name: key3, secret: CnryAesGcm28}]\n  - identity: {}\n",
    ),
    (
        "encryption with a KMS",
        "/etc/kubernetes/enc/kms.json",
        "{\"kind\":\"EncryptionConfiguration\",\"resources\":[{\"resources\":[\"secrets\"],\"providers\":[{\"kms\":{\"apiVersion\":\"v2\",\"name\":\"k\",\"endpoint\":\"https://me:CnryKms29@kms/x\"}},{\"aescbc\":{\"keys\":[{\"name\":\"k\",\"secret\":\"CnryAesJson30\"}]}}]}]}",
    ),
    (
        "azure.json",
        "/etc/kubernetes/azure.json",
        "{\"cloud\":\"AzurePublicCloud\",\"tenantId\":\"t\",\"aadClientId\":\"c\",\"aadClientSecret\":\"CnryAzure31\",\"aadClientCertPassword\":\"CnryAzure32\"}",
    ),
    (
        "cloud.conf of OpenStack",
        "/etc/kubernetes/cloud.conf",
        "[Global]\nauth-url = https://keystone:5000/v3\nusername = nodes\npassword = \"CnryOpenStack33\"\napplication-credential-secret=CnryOpenStack34\n",
    ),
    (
        "vSphere",
        "/etc/kubernetes/vsphere.conf",
        "[VirtualCenter \"10.0.0.1\"]\nuser = \"admin\"\npassword = \"CnryVsphere35\"\n",
    ),
    (
        "credentials of registries",
        "/var/lib/kubelet/config.json",
        "{\"auths\":{\"registry:5000\":{\"auth\":\"CnryDocker36\"},\"other\":{\"identitytoken\":\"CnryDocker37\",\"password\":\"CnryDocker38\"}}}",
    ),
    (
        "containerd's registries",
        "/etc/containerd/config.toml",
        "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r:5000\".auth]\n  username = \"u\"\n  password = \"CnryContainerd39\"\n  auth = \"CnryContainerd40\"\n  identitytoken = \"CnryContainerd41\"\n[plugins.x.registry.headers]\n  Authorization = [\"Basic CnryContainerd42\"]\n",
    ),
    (
        "registries of k3s",
        "/etc/rancher/k3s/registries.yaml",
        "mirrors:\n  docker.io: {endpoint: ['https://r:5000']}\nconfigs:\n  \"r:5000\":\n    auth:\n      username: u\n      password: CnryRegistry43\n      token: CnryRegistry44\n",
    ),
    (
        "configuration of k3s",
        "/etc/rancher/k3s/config.yaml",
        "token: CnryK3s45\nagent-token: \"CnryK3s46\"\ndatastore-endpoint: postgres://k3s:CnryK3s47@db:5432/k3s\nkubelet-arg:\n- anonymous-auth=false\netcd-s3-secret-key: CnryK3s48\n",
    ),
    (
        "token file of k3s",
        "/var/lib/rancher/k3s/server/token",
        "K10abCnry49::server:CnryToken50\n",
    ),
    (
        "token file of RKE2",
        "/var/lib/rancher/rke2/server/node-token",
        "K10cd::server:CnryToken51\n",
    ),
    (
        "password of a node",
        "/etc/rancher/node/password",
        "CnryNodePassword52\n",
    ),
    (
        "users of basic auth",
        "/etc/kubernetes/basic_auth.csv",
        "CnryBasic53,admin,1\n",
    ),
    (
        "known tokens",
        "/etc/kubernetes/known_tokens.csv",
        "CnryKnown54,admin,1\n",
    ),
    (
        "token of a service account",
        "/var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t/serviceaccount/token",
        "CnryServiceAccount55",
    ),
    (
        "private key",
        "/etc/kubernetes/pki/ca.key",
        "-----BEGIN RSA PRIVATE KEY-----\nCnryPem56\n-----END RSA PRIVATE KEY-----\n",
    ),
    (
        "private key under another name",
        "/etc/kubernetes/all.crt",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\nCnryPem57\n-----END EC PRIVATE KEY-----\n",
    ),
    (
        "key of OpenSSH",
        "/home/core/.ssh/id_ed25519",
        "CnrySsh58\n",
    ),
    (
        "bootstrap token",
        "/etc/kubernetes/kubeadm.yaml",
        "kind: InitConfiguration\nbootstrapTokens:\n- token: abcdef.0123456789abcdef\n  description: x\ncertificateKey: CnryCertificateKey59\n---\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n    token-auth-file: /etc/tokens.csv\n    oidc-client-secret: CnryOidc60\n",
    ),
    (
        "variables of etcd",
        "/etc/etcd/etcd.conf",
        "ETCD_NAME=a\nETCD_INITIAL_CLUSTER_TOKEN=CnryEtcd61\nETCD_ROOT_PASSWORD=CnryEtcd62\n",
    ),
    (
        "network",
        "/etc/cni/net.d/10-calico.conflist",
        "{\"name\":\"k8s-pod-network\",\"cniVersion\":\"0.3.1\",\"plugins\":[{\"type\":\"calico\",\"etcd_key\":\"CnryCni63\",\"policy\":{\"type\":\"k8s\",\"k8s_auth_token\":\"CnryCni64\"}}]}",
    ),
    (
        "webhook of the audit log",
        "/etc/kubernetes/audit-webhook.yaml",
        "kind: Config\nclusters:\n- name: a\n  cluster:\n    server: https://hooks.slack.com/services/T0/B0/CnryHook65\nusers:\n- name: a\n  user: {tokenFile: /run/token, token: CnryHook66}\n",
    ),
    (
        "tokens of services by form",
        "/etc/sysconfig/kubelet",
        "KUBELET_EXTRA_ARGS=--x=ghp_Cnry0123456789abcdefghij --y=AKIACnry0123456789AB --z=hvs.Cnry0123456789 --j=eyJCnryhbGciOi.eyJzdWIi.c2ln\n",
    ),
    (
        "query of a URL",
        "/etc/kubernetes/kubelet.yaml",
        "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nx: https://a.blob.core.windows.net/c?sv=1&sig=CnrySas67&se=2\n",
    ),
    (
        "cloud credentials of a user",
        "/root/.aws/credentials",
        "[default]\naws_secret_access_key = CnryAws68\n",
    ),
    (
        "WireGuard",
        "/etc/wireguard/wg0.conf",
        "[Interface]\nPrivateKey = CnryWireGuard69\n",
    ),
    (
        "passwords of the system",
        "/etc/shadow",
        "root:$6$Cnry$CnryShadow70:1::::::\n",
    ),
    (
        "hash of a password",
        "/etc/kubernetes/htpasswd",
        "admin:$2y$05$CnryHtpasswd71\n",
    ),
    (
        "remark",
        "/etc/kubernetes/kubelet/kubelet-config.yaml",
        "kind: KubeletConfiguration\n# the old password was CnryRemark72\nreadOnlyPort: 0\n",
    ),
];

/// Arguments of the kubelet and of etcd.
pub const KUBELET: &[&str] = &[
    "/usr/bin/kubelet",
    "--config=/var/lib/kubelet/config.yaml",
    "--kubeconfig=/etc/kubernetes/kubelet.conf",
    "--token=CnryArgument73",
    "--manifest-url-header",
    "Authorization: Bearer CnryArgument74",
    "--manifest-url=https://u:CnryArgument75@pods/x",
    "--anonymous-auth=false",
];
pub const ETCD: &[&str] = &[
    "/usr/bin/etcd",
    "--initial-cluster-token=CnryArgument76",
    "--initial-cluster-token",
    "CnryArgument77",
    "--data-dir=/var/lib/etcd",
];

/// What commands print: a name and a text.
pub const COMMANDS: &[(&str, &str)] = &[
    (
        "ps-ef",
        "UID          PID    PPID  C STIME TTY          TIME CMD\nroot           1       0  0 10:00 ?        00:00:03 /sbin/init\nroot          42       1  0 10:00 ?        00:00:03 /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf --token=CnryArgument73 --manifest-url-header Authorization: Bearer CnryArgument74 --manifest-url=https://u:CnryArgument75@pods/x --anonymous-auth=false\nroot          43       1  0 10:00 ?        00:00:03 /usr/bin/etcd --initial-cluster-token=CnryArgument76 --initial-cluster-token CnryArgument77 --data-dir=/var/lib/etcd\nroot          99       1  0 10:00 ?        00:00:03 /bin/backup --anything CnryOther78\n",
    ),
    (
        "systemctl-show",
        "Id=kubelet.service\nExecStart={ path=/usr/bin/kubelet ; argv[]=/usr/bin/kubelet --token=CnryShow79 --v=2 ; ignore_errors=no ; }\n\nId=backup.service\nExecStart={ path=/bin/backup ; argv[]=/bin/backup CnryShow80 ; ignore_errors=no ; }\n",
    ),
    (
        "journal-k3s",
        "Nov 20 10:00:00 n k3s[7]: time=\"t\" level=info msg=\"Running kubelet --token=CnryJournal81 --anonymous-auth=false\"\n",
    ),
];

/// Replies of the API: a member and its text.
pub const REPLIES: &[(&str, &str)] = &[
    (
        "configz/n1.json",
        "{\"kubeletconfig\":{\"enableServer\":true,\"staticPodURLHeader\":{\"Authorization\":[\"Bearer CnryConfigz82\"]},\"staticPodURL\":\"https://u:CnryConfigz83@pods/x\",\"authentication\":{\"anonymous\":{\"enabled\":false}}}}",
    ),
    (
        "api/pods.json",
        "{\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"default\",\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"CnryApi84\\\":1}\"}},\"spec\":{\"containers\":[{\"name\":\"a\",\"args\":[\"--password\",\"CnryApi85\",\"--token=CnryApi86\"],\"env\":[{\"name\":\"X\",\"value\":\"CnryApi87\"}]}]}}]}",
    ),
    (
        "api/secrets.json",
        "{\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"data\":{\"x\":\"CnryApi88\"},\"stringData\":{\"y\":\"CnryApi89\"}}]}",
    ),
];

/// Secrets that the word does not stand in.
pub const OTHERS: &[&str] = &["abcdef.0123456789abcdef"];
