#!/bin/sh
# Builds what is handed out: the static program, its bill of materials (CycloneDX) and the digests of both, in
# target/release-TARGET: `sh scripts/release.sh [TARGET]`, x86_64-unknown-linux-musl if none is named.
# No path of this machine is in them, and two folders give the same digests. Needs the Rust target and a C compiler for it:
# musl-tools of Debian, or CC_<target> of the caller.
set -eu
cd "$(dirname "$0")/.."
target=${1:-x86_64-unknown-linux-musl}
out=$PWD/target/release-$target
name=$(echo "$target" | tr - _)
cargo=${CARGO_HOME:-$HOME/.cargo}
# Paths of this machine are in no panic message and no line of debugging, of Rust or of C.
export RUSTFLAGS="--remap-path-prefix=$PWD=/nodeproof --remap-path-prefix=$cargo=/cargo"
export "CFLAGS_$name=-ffile-prefix-map=$PWD=/nodeproof -ffile-prefix-map=$cargo=/cargo"
# Several units of a crate name their symbols by where they were compiled.
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_INCREMENTAL=0 SOURCE_DATE_EPOCH=0 LC_ALL=C
case $target in
x86_64-*-musl) export "CC_$name=${CC:-musl-gcc}" ;;
esac
rustup target list --installed | grep -qx "$target" || rustup target add "$target"
cargo build --release --locked --target "$target"
cargo cyclonedx --version 2>/dev/null | grep -q ' 0\.5\.9' || cargo install --locked --version 0.5.9 cargo-cyclonedx
cargo cyclonedx --format json --target "$target" --override-filename nodeproof.cdx
mkdir -p "$out"
cp "target/$target/release/nodeproof" "$out/"
# The bill names the folder that it was made in, and the package too where the folder has another name.
sed "s#path+file://$PWD#path+file:///nodeproof#g; s#\(path+file:///nodeproof\#\)nodeproof@#\1#g" nodeproof.cdx.json >"$out/nodeproof.cdx.json"
rm nodeproof.cdx.json
cd "$out"
sha256sum nodeproof nodeproof.cdx.json | tee SHA256SUMS
