#!/bin/sh
# Makes the Debian package: target/debian/nodeproof_VERSION_ARCH.deb, with the program, its manual pages and completions
# (made by the program itself), the collectors, documents, sample bundles and the licences of what is linked in.
# It needs cargo-deb (cargo install --locked cargo-deb) and dpkg. Other words go to `cargo deb`.
set -eu
cd "$(dirname "$0")/.."
cargo deb --version >/dev/null 2>&1 || { echo "cargo-deb is missing: cargo install --locked cargo-deb" >&2; exit 1; }

cargo build --release --locked
program=$PWD/target/release/nodeproof
made=target/package
rm -rf "$made"
mkdir -p "$made"
"$program" man --out "$made/man"
for shell in bash zsh fish; do "$program" completions "$shell" >"$made/$shell"; done

# The licences of all crates that are linked in: each text once, below the names of those it is of.
sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
cargo tree --locked --edges normal --prefix none --format '{p}|{l}' | sed 's/ (\*)$//' | sort -u >"$made/crates"
texts=$made/texts
mkdir "$texts"
while IFS='|' read -r crate licence; do
  name=${crate%% *} version=${crate#* v} version=${version%% *}
  [ "$name" != nodeproof ] || continue
  found=no
  for file in "$sources"/*/"$name-$version"/[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]* "$sources"/*/"$name-$version"/COPYING* \
    "$sources"/*/"$name-$version"/NOTICE* "$sources"/*/"$name-$version"/UNLICENSE*; do
    [ -f "$file" ] || continue
    found=yes digest=$(sha256sum <"$file")
    digest=${digest%% *}
    [ -f "$texts/$digest" ] || cp "$file" "$texts/$digest"
    printf '%s %s (%s)\n' "$name" "$version" "$licence" >>"$texts/$digest.of"
  done
  # A few crates name their licence and do not carry its text.
  [ "$found" = yes ] || printf '%s %s (%s)\n' "$name" "$version" "$licence" >>"$made/named"
done <"$made/crates"
{
  echo "nodeproof is under the Apache License 2.0 (see copyright). It is linked from these crates, and from Rust's standard"
  echo "library (MIT OR Apache-2.0)."
  for of in "$texts"/*.of; do
    printf '\n------------------------------------------------------------------------\n'
    sort -u "$of"
    echo
    cat "${of%.of}"
  done
  if [ -f "$made/named" ]; then
    printf '\n------------------------------------------------------------------------\nThese name their licence and carry no text of it:\n'
    cat "$made/named"
  fi
} >"$made/licences-of-crates.txt"

cargo deb --no-build "$@"
