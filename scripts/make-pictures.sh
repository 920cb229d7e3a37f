#!/bin/sh
# Makes the pictures of the README again: docs/page.png and docs/workbook.png, of the sample bundles.
# It needs chromium, libreoffice, pdftoppm (poppler-utils) and pngquant.
# usage: sh scripts/make-pictures.sh [PROGRAM]
set -eu
cd "$(dirname "$0")/.."
program=$(command -v "${1:-nodeproof}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
code=0
"$program" analyze sample-bundles/ -q --as-of 2026-11-27 -o "$work/report.html" -o "$work/report.xlsx" || code=$?
[ "$code" = 3 ] # one sample is cut off on purpose
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 \
  --window-size=1100,900 --screenshot="$work/page.png" "file://$work/report.html" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
(cd "$work" && HOME="$work" soffice --headless --convert-to pdf report.xlsx >"$work/log" 2>&1) || { cat "$work/log" >&2; exit 1; }
pdftoppm -png -r 100 -f 1 -l 1 -singlefile "$work/report.pdf" "$work/workbook"
for picture in page workbook; do
  pngquant --force --strip --quality 40-80 --output "docs/$picture.png" 64 "$work/$picture.png"
done
ls -l docs/page.png docs/workbook.png
