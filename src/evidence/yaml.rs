//! YAML as the kubelet reads it.
